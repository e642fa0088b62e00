import numpy as np
import pytest
from scipy.signal import convolve2d

from latentdemo.pixels.kernels import KERNELS, find, parse


def test_every_preset_reads_back_from_its_text():
    for kernel in KERNELS.values():
        text = "\n".join("  ".join(f"{value:g}" for value in row) for row in kernel.rows)
        np.testing.assert_array_equal(parse(text, kernel.divisor), kernel.array)
        assert kernel.meaning.endswith(".") and kernel.array.dtype == np.float32


def test_means_add_up_to_one_and_differences_to_zero():
    for name in ("Blur", "Box blur", "Blur 5 × 5", "Blur across", "Blur down", "Sharpen", "Identity"):
        assert KERNELS[name].array.sum() == pytest.approx(1)
    for name in ("Outline", "Edge", "Diagonal edge", "Sobel x", "Sobel y", "Difference across"):
        assert KERNELS[name].array.sum() == pytest.approx(0)


def test_lecture_matrices():
    assert KERNELS["Emboss"].rows == ((-2, -1, 0), (-1, 1, 1), (0, 1, 2))
    assert KERNELS["Blur"].array[1, 1] == pytest.approx(4 / 16)
    np.testing.assert_array_equal(KERNELS["Sobel y"].array, KERNELS["Sobel x"].array.T)


def test_reads_what_people_type():
    np.testing.assert_allclose(parse("1/9, 0 0; 0 1e-1 0\n0 0 -2"), [[1 / 9, 0, 0], [0, 0.1, 0], [0, 0, -2]], rtol=1e-6)
    assert parse("4", divisor=2)[0, 0] == 2
    assert parse("1 2; 3 4").tolist() == [[1, 2], [3, 4]]


@pytest.mark.parametrize(
    ("text", "divisor", "message"),
    [
        ("", 1, "empty"),
        ("  \n ; ", 1, "empty"),
        ("1 2 3\n4 5 6", 1, "square"),
        ("1 2 3\n4 5\n6 7 8", 1, "square"),
        ("a", 1, "not a number"),
        ("1/0", 1, "not a number"),
        ("nan", 1, "finite"),
        ("inf", 1, "finite"),
        ("1e9", 1, "must lie in"),
        ("1", 0, "divisor"),
        ("1", float("nan"), "divisor"),
        (";".join([" ".join("1" * 9)] * 9), 1, "the limit is 7 × 7"),
    ],
)
def test_refuses_with_a_reason(text: str, divisor: float, message: str):
    with pytest.raises(ValueError, match=message):
        parse(text, divisor)


def test_unknown_preset_names_those_there_are():
    with pytest.raises(ValueError, match="Sobel x"):
        find("Sobel z")


def test_simple_kernels_make_up_the_others():
    across, down = KERNELS["Blur across"].array, KERNELS["Blur down"].array
    np.testing.assert_allclose(convolve2d(across, down)[1:-1, 1:-1], KERNELS["Blur"].array)
    np.testing.assert_allclose(convolve2d(KERNELS["Blur"].array, KERNELS["Blur"].array), KERNELS["Blur 5 × 5"].array)
    sobel = convolve2d(KERNELS["Blur across"].array * 4, KERNELS["Difference down"].array[::-1, ::-1])[1:-1, 1:-1]
    np.testing.assert_allclose(sobel[::-1], KERNELS["Sobel y"].array)


def test_what_is_wrong_with_a_matrix_is_said_in_full():
    for text, sentence in (
        ("", "The kernel is empty; type rows of numbers, such as 0 1 0."),
        ("1 2\n3 4\n5 6", "The kernel has 3 rows of 2, 2, 2 numbers; it must be square."),
        ("1 2; 3", "The kernel has 2 rows of 2, 1 numbers; it must be square."),
        ("a" * 30, f"“{'a' * 20}” in the kernel is not a number."),
        ("-Infinity", "“-Infinity” in the kernel is not a finite number."),
    ):
        with pytest.raises(ValueError) as caught:
            parse(text)
        assert str(caught.value) == sentence
    assert parse("; ".join(["1 " * 7] * 7)).shape == (7, 7)
    with pytest.raises(ValueError, match="8 × 8; the limit is 7 × 7"):
        parse("; ".join(["1 " * 8] * 8))
    np.testing.assert_array_equal(parse(" 1, 2 ,\t; ,3 4, \n ,, "), [[1, 2], [3, 4]])
    with pytest.raises(ValueError) as caught:
        find("x")
    assert str(caught.value) == f"no kernel 'x'; there are {', '.join(KERNELS)}"
