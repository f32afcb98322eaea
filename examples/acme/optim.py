"""Optimizers, as configs."""

import nemo_run as run

from acme.model import OptimizerConfig


def distributed_adam(lr: float = 3e-4) -> run.Config[OptimizerConfig]:
    """Return the config of our usual optimizer."""
    return run.Config(OptimizerConfig, lr=lr, warmup_steps=500)
