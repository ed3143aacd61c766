"""Rows against a model's columns: read as meant, or refused in a sentence that names the place."""

import csv
import io
import json
from dataclasses import asdict, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lime_engine.errors import InputError
from ui.upload.reading.rows import MAX_ROWS, checked_row, far_outside, rows_of
from ui.upload.reading.text_files import Table, read_table
from ui.workshop.column import Column

TEMPERATURE = Column("temperature", "number", False, 35.0, 41.0, (), False, 37.0)
AGE = Column("age_years", "number", True, 0.0, 95.0, (), True, 40.0)
COLOUR = Column("colour", "category", False, None, None, ("red", "green", "Blue"), False, "red")
SMOKES = Column("smokes", "category", False, None, None, ("yes", "no"), True, "no")
COLUMNS = (TEMPERATURE, AGE, COLOUR, SMOKES)


def table(text: str) -> Table:
    return read_table("x.csv", text.encode())


def only(column: Column, value: str | float | bool | None) -> object:
    return checked_row({column.name: value}, [column])[0]


def refusal(column: Column, value: str | float | bool | None) -> str:
    with pytest.raises(InputError) as caught:
        only(column, value)
    return str(caught.value)


def test_a_column_survives_json() -> None:
    for column in COLUMNS:
        assert Column(**json.loads(json.dumps(asdict(column)))) == column


VALUES = st.tuples(
    st.floats(-1e6, 1e6),
    st.none() | st.integers(0, 120),
    st.sampled_from(COLOUR.categories),
    st.none() | st.sampled_from(SMOKES.categories),
)


@given(rows=st.lists(VALUES, min_size=1, max_size=8), order=st.permutations(range(4)))
@pytest.mark.parametrize(("separator", "mark"), [(",", "."), (";", "."), (";", ","), ("\t", ",")])
def test_what_was_written_is_what_is_read(
    rows: list[tuple[object, ...]], order: list[int], separator: str, mark: str
) -> None:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=separator)
    writer.writerow([COLUMNS[i].name for i in order])
    for row in rows:
        cells = ["NA" if value is None else str(value) for value in row]
        cells[0] = f"{row[0]:.7f}".replace(".", mark)  # seven decimals are no thousands
        writer.writerow([cells[i] for i in order])
    found, *_ = rows_of(table(buffer.getvalue()), COLUMNS)
    assert found == [(float(f"{row[0]:.7f}"), *row[1:]) for row in rows]


def test_a_clean_file_needs_no_remark() -> None:
    text = "age_years,colour,smokes,temperature\n30,red,no,38.4\n,green,,36\n"
    rows, *_, remarks = rows_of(table(text), COLUMNS)
    assert rows == [(38.4, 30, "red", "no"), (36.0, None, "green", None)]
    assert [type(value) for value in rows[0]] == [float, int, str, str]
    assert remarks == []


def test_similar_names_and_extra_columns_are_told() -> None:
    text = "Temperature,Age Years,COLOUR,smokes,name,id\n38,30,red,no,Ann,1"
    rows, *_, remarks = rows_of(table(text), COLUMNS)
    assert rows == [(38.0, 30, "red", "no")]
    assert remarks == [
        "Columns were read under a similar name: “Temperature” as “temperature”, “Age Years” as "
        "“age_years”, “COLOUR” as “colour”.",
        "The model does not know “name” and “id”: left aside.",
    ]


def test_an_exact_name_wins_over_a_similar_one() -> None:
    rows, *_, remarks = rows_of(table("COLOUR,colour\npink,red"), [COLOUR])
    assert (rows, remarks) == ([("red",)], ["The model does not know “COLOUR”: left aside."])


def test_missing_columns_are_all_named_beside_what_is_there() -> None:
    with pytest.raises(InputError) as caught:
        rows_of(table("colour,x\nred,1"), COLUMNS)
    assert "no column “temperature”, “age_years” and “smokes”, which" in str(caught.value)
    assert "It has “colour” and “x”" in str(caught.value)


def test_names_that_may_be_two_columns_are_not_guessed() -> None:
    with pytest.raises(InputError, match="“COLOUR” and “Colour” may each be the model's “colour”"):
        rows_of(table("COLOUR,Colour\nred,red"), [COLOUR])
    twin = replace(AGE, name="ageYears")
    with pytest.raises(InputError, match=r"“AGE YEARS” may each be .*“age_years” and “ageYears”"):
        rows_of(table("AGE YEARS,x\n1,2"), [AGE, twin])


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("38.4", 38.4), (" 38.4 ", 38.4), ("38,4", 38.4), ("1e3", 1000.0), ("1.5E-2", 0.015),
        ("+3", 3.0), ("-3,5", -3.5), ("−3", -3.0), (".5", 0.5), (",5", 0.5), ("5.", 5.0),
        ("0,125", 0.125), ("1234,567", 1234.567), ("1.234", 1.234), (38.4, 38.4), (38, 38.0),
        (True, 1.0),
    ],
)  # fmt: skip
def test_numbers_as_people_write_them(written: str | float, value: float) -> None:
    assert only(TEMPERATURE, written) == value


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("1,234", "separator between thousands"),
        ("1,234,567", "separator between thousands"),
        ("1.234,5", "separator between thousands"),
        ("1 234", "separator between thousands"),
        ("1\u202f234.5", "separator between thousands"),
        ("1'234", "separator between thousands"),
        ("1_234", "separator between thousands"),
        ("1,00,000", "separator between thousands"),
        ("warm", "“warm” is not a number"),
        ("12.05.23", "is not a number"),
        ("38.4 °C", "is not a number. Write it like 38.4, without a unit"),
        ("٣٨", "is not a number"),
        ("0x10", "is not a number"),
        ("=1+2", "is not a number"),
        ("1e999", "“1e999” is too large"),
        ("<b>" + "x" * 500, "…” is not a number"),
    ],
)
def test_other_numbers_are_refused(written: str, says: str) -> None:
    message = refusal(TEMPERATURE, written)
    assert message.startswith("Column “temperature”: ")
    assert says in message
    assert len(message) < 200


def test_one_sure_decimal_comma_decides_for_the_file() -> None:
    assert rows_of(table("temperature;x\n38,4;1\n36,125;1"), [TEMPERATURE])[0] == [
        (38.4,),
        (36.125,),
    ]
    rows, *_, remarks = rows_of(table("temperature;x\n38.4;1\n36,125;1"), [TEMPERATURE])
    assert rows == [(38.4,)]
    assert remarks[2].startswith("Row 3, column “temperature”: “36,125” may have a separator")
    rows, *_, remarks = rows_of(table("temperature;x\n38,4;1\n1.234;1"), [TEMPERATURE])
    assert rows == [(38.4,)]


def test_whole_numbers() -> None:
    assert [only(AGE, w) for w in ("30", "30.0", "3e1", 30.0)] == [30] * 4
    assert "“30.5” is not a whole number" in refusal(AGE, "30.5")


@pytest.mark.parametrize(
    "written",
    ["", "  ", "NA", "n/a", "NaN", "null", "-", "inf", "-Infinity", "?", None,
     float("nan"), float("inf")],
)  # fmt: skip
def test_missing_values(written: str | float | None) -> None:
    assert only(AGE, written) is None
    assert only(SMOKES, written) is None
    assert "there is no value, and the model always had one" in refusal(TEMPERATURE, written)
    assert "there is no value" in refusal(COLOUR, written)


def test_a_category_may_be_called_like_a_missing_value() -> None:
    country = replace(COLOUR, categories=("NA", "de", "-"), can_be_missing=True)
    assert [only(country, w) for w in ("NA", "na", "-", "")] == ["NA", "NA", "-", None]


def test_categories_are_matched_as_far_as_that_is_unique() -> None:
    assert [only(COLOUR, w) for w in ("red", " RED ", "blue")] == ["red", "red", "Blue"]
    both = replace(COLOUR, categories=("red", "RED"))
    assert [only(both, w) for w in ("red", "RED")] == ["red", "RED"]
    assert "does not know “Red”" in refusal(both, "Red")
    message = refusal(COLOUR, "gren")
    assert "does not know “gren”, only “red”, “green” and “Blue”. Did you mean “green”?" in message
    assert "Did you mean" not in refusal(COLOUR, "XXXXXXX")
    many = replace(COLOUR, categories=tuple(f"value {i}" for i in range(500)))
    assert "and 494 more" in refusal(many, "z")


@pytest.mark.parametrize("yes_no", [("yes", "no"), ("False", "True"), ("0", "1"), ("N", "Y")])
def test_yes_and_no_have_many_names(yes_no: tuple[str, str]) -> None:
    column = replace(COLOUR, categories=yes_no)
    yes = next(c for c in yes_no if c in ("yes", "True", "1", "Y"))
    no = next(c for c in yes_no if c != yes)
    assert {only(column, w) for w in ("yes", "TRUE", "1", "y", True, 1.0, 1)} == {yes}
    assert {only(column, w) for w in ("no", "false", "0", "N", False, 0.0, 0)} == {no}


def test_numbers_as_categories() -> None:
    grade = replace(COLOUR, categories=("1", "2", "10"))
    assert [only(grade, w) for w in ("1.0", 2.0, "10", 10)] == ["1", "2", "10", "10"]
    codes = replace(COLOUR, categories=("01", "1"))
    assert "does not know “1.0”" in refusal(codes, "1.0")


def test_bad_rows_are_left_out_and_told() -> None:
    bad = "".join(f"bad{i},red\n" for i in range(17))
    rows, *_, remarks = rows_of(
        table(f"temperature,colour\n38,red\n{bad}39,pink\n"), [TEMPERATURE, COLOUR]
    )
    assert rows == [(38.0, "red")]
    assert remarks[0] == "18 rows were left out:"
    assert remarks[1].startswith("Row 3, column “temperature”: “bad0” is not a number.")
    assert len(remarks) == 7
    assert remarks[6] == "And 13 more."


def test_no_row_left_is_an_error_that_says_why() -> None:
    with pytest.raises(InputError, match=r"^No row of the file.*Row 2, column “colour”: .*“pink”"):
        rows_of(table("colour\npink\ngrey"), [COLOUR])
    with pytest.raises(InputError, match="No row"):
        rows_of(Table(("colour",), ()), [COLOUR])


def test_at_most_so_many_rows() -> None:
    rows, *_, remarks = rows_of(Table(("colour",), (("red",),) * (MAX_ROWS + 7)), [COLOUR])
    assert len(rows) == MAX_ROWS
    assert remarks == [f"Only the first {MAX_ROWS:,} rows are used; 7 more were not read."]
    assert rows_of(Table(("colour",), (("red",),) * MAX_ROWS), [COLOUR])[-1] == []


def test_values_far_outside_the_training_range_are_kept_and_told() -> None:
    rows, *_, remarks = rows_of(table("temperature\n38\n44\n384\n-5"), [TEMPERATURE])
    assert rows == [(38.0,), (44.0,), (384.0,), (-5.0,)]  # 44 = 41 + half of the range's width
    assert remarks == [
        "Column “temperature”: 384 in row 4 lies far outside what the model was trained on (35 to "
        "41), as does 1 more. It was kept; do not lean on what the model says there."
    ]
    assert far_outside([(30.0,)], [TEMPERATURE])[0].startswith("Column “temperature”: 30 lies far")
    assert far_outside([(None,)], [AGE]) == []


def test_a_typed_row_is_refused_for_all_its_reasons_at_once() -> None:
    typed = {"temperature": "hot", "age_years": None, "colour": "pink", "smokes": True}
    with pytest.raises(InputError) as caught:
        checked_row(typed, COLUMNS)
    assert "“hot” is not a number" in str(caught.value)
    assert "“pink”" in str(caught.value)
    typed |= {"temperature": 38, "colour": "red"}
    assert checked_row(typed, COLUMNS) == (38.0, None, "red", "yes")
    with pytest.raises(InputError, match="Nothing is given for “age_years” and “smokes”"):
        checked_row({"temperature": 38, "colour": "red"}, COLUMNS)
    with pytest.raises(InputError, match=r"no column “name”.*“temperature”, “age_years”"):
        checked_row(typed | {"name": "Ann"}, COLUMNS)


@given(st.text(max_size=30) | st.floats() | st.booleans() | st.none())
def test_anything_typed_is_a_value_or_a_sentence(raw: str | float | bool | None) -> None:
    for column in COLUMNS:
        try:
            said = json.dumps(only(column, raw), allow_nan=False)
        except InputError as error:
            said = str(error)
        assert not said.startswith("Column") or said.startswith(f"Column “{column.name}”: ")


def test_hostile_cells_cost_no_more_than_their_length() -> None:
    # Were the patterns not linear, this would not end within the day.
    for cell in ("1" * 1_000_000 + "x", "1," * 500_000, "1 " * 500_000, "+" * 1_000_000):
        refusal(TEMPERATURE, cell)
        refusal(COLOUR, cell)
