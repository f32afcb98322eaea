"""What the recipes configure; stands in for NeMo here."""

from dataclasses import dataclass, field


@dataclass
class LlamaConfig:
    """The shape of a Llama model."""

    num_layers: int = 16
    hidden_size: int = 2048
    seq_length: int = 8192


@dataclass
class LlamaModel:
    """A Llama model."""

    config: LlamaConfig
    optim: "OptimizerConfig | None" = None


@dataclass
class OptimizerConfig:
    """Adam and its schedule."""

    lr: float = 3e-4
    warmup_steps: int = 2000


@dataclass
class TimingCallback:
    """Logs how long steps take."""

    interval: int = 10


@dataclass
class Trainer:
    """Runs the training."""

    devices: int = 8
    max_steps: int = 1000
    log_dir: str = "/results"
    callbacks: list = field(default_factory=list)


@dataclass
class Recipe:
    """All that a pretraining run needs."""

    model: LlamaModel
    trainer: Trainer


def pretrain(model: LlamaModel, trainer: Trainer) -> None:
    """Train `model`."""
    print(f"training {model} with {trainer}")
