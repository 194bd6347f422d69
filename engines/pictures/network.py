"""A small fully connected network with its insides open."""

from dataclasses import dataclass

from engines.core.arrays import Bools, Floats
from engines.core.picture import Picture
from engines.pictures.surface import Area


@dataclass(frozen=True, eq=False)
class Network(Picture):
    """Neurons, weights, and what each neuron answers at every place of the plane.

    sizes: units per layer, the inputs first. weights: one (out, in) float array per connection of layers; biases:
    one (out,) each. maps: one (units, rows, columns) float32 per layer, the inputs included; row 0 is the bottom.
    A person may type a weight or bias: the view sends ``Poke("weights", (layer, target, source), value)`` or
    ``Poke("biases", (layer, target), value)``, layer 0 being the connection from the inputs. off: one (units,) bool per
    hidden layer, the neurons that dropout has switched off at the moment; empty where there is no dropout. added: the
    names of the inputs behind the two coordinates.
    """

    sizes: tuple[int, ...]
    weights: tuple[Floats, ...]
    biases: tuple[Floats, ...]
    maps: tuple[Floats, ...]
    area: Area
    activation: str
    off: tuple[Bools, ...] = ()
    added: tuple[str, ...] = ()
