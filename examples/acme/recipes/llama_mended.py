"""The same recipes without the mistakes."""

import os

import nemo_run as run

from acme.model import LlamaConfig, LlamaModel, OptimizerConfig, TimingCallback, Trainer, pretrain

SCRATCH = os.getenv("SCRATCH", "/tmp")


@run.autoconvert
def optimizer(lr: float = 3e-4) -> OptimizerConfig:
    """Return our usual optimizer."""
    return OptimizerConfig(lr=lr, warmup_steps=500)


@run.cli.factory
def model(size: str = "1b") -> run.Config[LlamaModel]:
    """Return the model of the given size; without autoconvert any Python is allowed."""
    config = run.Config(LlamaConfig)
    if size == "8b":
        config = run.Config(LlamaConfig, num_layers=32, hidden_size=4096)
    return run.Config(LlamaModel, config, optim=optimizer(lr=1e-4))


@run.cli.factory
@run.autoconvert
def trainer(nodes: int = 1, steps: int = 1000) -> Trainer:
    """Return a trainer for `nodes` machines of eight GPUs."""
    return Trainer(
        devices=nodes * 8,
        max_steps=steps,
        log_dir=f"/results/llama-{nodes}",
        callbacks=[TimingCallback(interval=50)],
    )


def pretrain_8b(nodes: int = 4) -> run.Partial[None]:
    """Return the task."""
    return run.Partial(pretrain, model=model(size="8b"), trainer=trainer(nodes=nodes))


@run.autoconvert
def evaluation() -> Trainer:
    """Return a trainer that writes below the user's scratch directory."""
    return Trainer(
        devices=1,
        log_dir=SCRATCH,
        callbacks=[TimingCallback(interval=10), TimingCallback(interval=100)],
    )


@run.autoconvert
def scratch() -> Trainer:
    """Return a trainer that asks the machine where it runs for its scratch directory: here that is meant."""
    return Trainer(log_dir=os.getenv("SCRATCH", "/tmp"))  # noqa: NR209
