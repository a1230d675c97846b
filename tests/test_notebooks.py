"""What objects show of themselves, and that they can be pickled."""

import copy
import pickle
from html.parser import HTMLParser

import pytest

import tritter_accel as ta

WEIGHT = [[1.0, -1.0, 0.0, 0.5, 2.0], [0.25, 0.0, -0.25, 0.25, 0.0]]
X = [[1.0, -2.0, 3.0, 0.5, -0.25]]


class Page(HTMLParser):
    """The text of HTML, and its tags, which have to be closed in order."""

    def __init__(self, markup):
        super().__init__()
        self.text, self.tags, self.open = [], [], []
        self.feed(markup)
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.tags.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def trained(steps):
    options = {"warmup_steps": 2, "full_steps": 1, "predict_steps": 3, "correct_every": 2}
    trainer = ta.create_trainer([("a<b", (2, 2)), ("b", (3,))], **options)
    for i in range(steps):
        trainer.step({"a<b": [[1.0, i], [2.0, 3.0]], "b": [1.0, 2.0, i]}, loss=2.0 - 0.1 * i)
    return trainer


@pytest.mark.parametrize("bias", [None, [0.5, -0.5]])
@pytest.mark.parametrize("options", [{}, {"group_size": None}, {"activation_bits": None}])
def test_a_pickled_layer_gives_the_same_bits(bias, options):
    layer = ta.create_bitlinear(WEIGHT, bias, **options)
    for again in (pickle.loads(pickle.dumps(layer)), copy.deepcopy(layer)):
        assert again(X) == layer(X)
        assert repr(again) == repr(layer)
        assert again.group_size == layer.group_size


def test_a_pickled_trainer_goes_on_with_the_same_bits():
    one = trained(7)
    two = pickle.loads(pickle.dumps(one))
    for i in range(12):
        gradients = {"a<b": [[1.0, i], [2.0, 3.0]], "b": [1.0, 2.0, i]}
        assert one.step(gradients, 1.0) == two.step(gradients, 1.0)


def test_a_pickled_array_is_equal_and_another_memory():
    x = ta.array([[1, 2], [3, 4]], dtype="int32")
    y = pickle.loads(pickle.dumps(x[1:]))
    assert (y.tolist(), y.dtype) == ([[3, 4]], "int32")
    y[0, 0] = 9
    assert x[1, 0] == 3


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"packed": b"\1"}, "packed: expected 4 bytes for 2 rows of 5 trits, got 1"),
        ({"packed": b"\3\0\0\0"}, "packed: expected codes 00, 01 and 10"),
        ({"scales": [1.0]}, "scales: expected 2 numbers, got 1"),
        ({"bias": [1.0]}, "bias: expected"),
        ({"shape": (2,)}, "shape: expected 2 dimensions"),
    ],
)
def test_a_state_that_does_not_fit_is_refused(changed, message):
    state = ta.create_bitlinear(WEIGHT).state_dict()
    with pytest.raises(ValueError, match=message):
        ta.BitLinear.from_state_dict(state | changed)
    del state["scales"]
    with pytest.raises(ValueError, match=r"state: expected .*, got no scales"):
        ta.BitLinear.from_state_dict(state)


def test_a_layer_says_shape_bits_and_sparsity():
    layer = ta.create_bitlinear(WEIGHT, activation_bits=4)
    shown = "BitLinear(in_features=5, out_features=2, bits=2, activation_bits=4, sparsity=0.3)"
    assert repr(layer) == shown
    text = Page(layer._repr_html_()).text
    assert {"2 x 5", "4 bits", "30.0%", "2 bits, groups of 64"} <= set(text)


def test_a_trainer_shows_its_steps_and_losses():
    page = Page(trained(7)._repr_html_())
    assert {"7 in 2", "FULL"} <= set(page.text)
    assert page.text[page.text.index("steps") + 1].startswith("7: 2 warmup, ")
    assert {"svg", "polyline"} <= set(page.tags)
    assert "loss: 2 to 1.4" in page.text
    assert "svg" not in Page(trained(1)._repr_html_()).tags


def test_an_array_shows_its_edges():
    page = Page(ta.array([[float(i) for i in range(30)]] * 30)._repr_html_())
    assert page.text.count("...") == 11
    assert "Array [30, 30], float32" in page.text
    for small in (ta.array([1, 2]), ta.array([])):
        assert Page(small._repr_html_()).text
