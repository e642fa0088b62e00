"""Train a model: python train.py MODEL --dataset NAME, or everything that is shipped: python train.py --all."""

import sys

from latentdemo.commands import train

if __name__ == "__main__":
    sys.exit(train())
