"""Llama 3, as it was moved to NeMo-Run in a hurry: it imports, and some of it even runs."""

import os
from pathlib import Path

import nemo_run as run

from acme.model import LlamaConfig, LlamaModel, TimingCallback, Trainer
from acme.optim import distributed_adam


@run.cli.factory
@run.autoconvert
def model(size: str = "1b") -> LlamaModel:
    """Return the model of the given size."""
    if size == "8b":
        config = LlamaConfig(num_layers=32, hidden_size=4096)
    else:
        config = LlamaConfig()
    return LlamaModel(config, optim=distributed_adam(lr=1e-4))


@run.cli.factory
@run.autoconvert
def trainer(nodes: int = 1, steps: int = 1000) -> Trainer:
    """Return a trainer for `nodes` machines of eight GPUs."""
    callbacks = []
    callbacks.append(TimingCallback(interval=50))
    print("training for", steps, "steps")
    return Trainer(
        devices=max(nodes * 8, 8),
        max_steps=steps,
        log_dir=Path("/results") / f"llama-{nodes}",
        callbacks=callbacks,
    )


@run.autoconvert
def pretrain_8b(nodes: int = 4) -> tuple[LlamaModel, Trainer]:
    """Return all that a pretraining run needs."""
    return model(size="8b"), trainer(nodes=nodes)


@run.autoconvert
def evaluation() -> Trainer:
    """Return a trainer that writes below the user's scratch directory."""
    return Trainer(
        devices=1,
        log_dir=os.getenv("SCRATCH", "/tmp"),
        callbacks=[TimingCallback(interval=n) for n in (10, 100)],
    )
