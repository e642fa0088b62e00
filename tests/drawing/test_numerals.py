import pytest

from latentdemo.drawing.numerals import decimals, number, short


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (5, "5"),
        (-0.25, "−0.25"),
        (1 / 16, "0.0625"),
        (0, "0"),
        (12345, "12345"),
        (1234.5, "1235"),
        (1.00125, "1.001"),
        (617.25, "617.3"),
        (-0.0, "0"),
        (999.96, "1000"),
        (1.5e-7, "1.5e−7"),
        (12_345_678.5, "12350000"),
    ],
)
def test_numbers_are_short(value: float, text: str):
    assert number(value) == text


def test_short_numbers_stay_short():
    assert short(0.00067123) == "0.000671" and short(-3.14159) == "−3.14" and short(99999) == "100000"
    assert short(412254.0) == "4.12e5" and short(-8.85e26) == "−8.85e26"
    assert decimals(-12.345, 1) == "−12.3" and decimals(1.78e11, 1) == "1.78e11"


def test_decimals_stay_up_to_their_limit():
    assert decimals(99_999.5, 1) == "99999.5" and decimals(1e5, 2) == "1.00e5" and decimals(2.0, 3) == "2.000"
