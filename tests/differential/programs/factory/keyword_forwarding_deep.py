"""Forwarding works through any number of levels, and the deepest declaration stays for what is not given."""

from dependency_injector import providers


class Loss:
    def __init__(self, rate=0):
        self.rate = rate


class Trainer:
    def __init__(self, loss, epochs=1):
        self.loss = loss
        self.epochs = epochs


class Experiment:
    def __init__(self, trainer):
        self.trainer = trainer


experiment = providers.Factory(
    Experiment,
    trainer=providers.Factory(Trainer, loss=providers.Factory(Loss, rate=0.1)),
)

for options in (
    {},
    {"trainer__epochs": 3},
    {"trainer__loss__rate": 0.5},
    {"trainer__epochs": 4, "trainer__loss__rate": 0.7},
):
    made = experiment(**options)
    print(made.trainer.epochs, made.trainer.loss.rate)
