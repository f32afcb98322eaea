"""Start the training: `python launch.py`."""

import nemo_run as run

from acme.recipes.llama_mended import pretrain_8b

if __name__ == "__main__":
    run.run(pretrain_8b(), executor=run.LocalExecutor(), dryrun=True)
