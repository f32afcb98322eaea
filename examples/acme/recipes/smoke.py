"""A recipe that shows that everything is in place."""

import os

import nemo_run as run

from acme.model import LlamaConfig, LlamaModel, Recipe, Trainer


@run.autoconvert
def smoke_test() -> Recipe:
    """Return a recipe of one layer and one step."""
    return Recipe(
        LlamaModel(LlamaConfig(num_layers=1)),
        Trainer(devices=1, max_steps=1, log_dir=os.getenv("HOME", "/tmp")),
    )
