"""A checkpoint's files come in; ValueError says what a panel could not use: card, weights, array headers, values."""

from latentdemo.store.schema.arrays import check_arrays
from latentdemo.store.schema.card import check_card
from latentdemo.store.schema.values import check_values
from latentdemo.store.schema.weights import check_weights

__all__ = ["check_arrays", "check_card", "check_values", "check_weights"]
