import pytest

from latentdemo.drawing.numerals import decimals, number, percentile, short
from tests.web.cases import FIXED, WRITTEN


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
        (12_345_678.5, "1.235e7"),
    ],
)
def test_numbers_are_short(value: float, text: str):
    assert number(value) == text


def test_short_numbers_stay_short():
    assert short(0.00067123) == "0.000671" and short(-3.14159) == "−3.14" and short(99999) == "100000"
    assert short(412254.0) == "4.12e5" and short(-8.85e26) == "−8.85e26"
    assert decimals(-12.345, 1) == "−12.3" and decimals(1.78e11, 1) == "1.78e11"


def test_decimals_stay_up_to_their_limit():
    assert decimals(99_999.5, 1) == "1e5" and decimals(1e5, 2) == "100000" and decimals(2.0, 3) == "2.000"


@pytest.mark.parametrize(("value", "text"), WRITTEN)
def test_numbers_are_those_that_the_page_writes(value: float, text: str):
    assert number(value) == text


@pytest.mark.parametrize(("value", "n", "text"), FIXED)
def test_decimals_are_those_that_the_page_writes(value: float, n: int, text: str):
    assert decimals(value, n) == text


def test_no_number_has_more_than_four_digits_unless_it_is_a_count():
    for exponent in range(-12, 19):
        for value in (1.23456789 * 10.0**exponent, -9.9999137 * 10.0**exponent):
            for text in (number(value), short(value), decimals(value, 2)):
                mantissa = text.partition("e")[0].replace(".", "").strip("−").lstrip("0")
                assert len(mantissa.rstrip("0")) <= 4, (value, text)


def test_percentiles_beyond_the_limit_are_written_above_it():
    assert [percentile(value) for value in (0, 97.4, 98.7, 99, 99.0001, 99.44, 99.97, 100)] == [
        "0 %", "97 %", "99 %", "99 %", "99.1 %", "99.5 %", "100 %", "100 %",
    ]  # fmt: skip
