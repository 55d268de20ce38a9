"""`socialcare import --orders`: the shop's own orders beside what people write."""

from __future__ import annotations

import io
import json

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from socialcare.channels.tables.order_rows import OrderRow, read_orders
from socialcare.errors import InputError
from socialcare.inbox.orders import numbers_in
from socialcare.output.schema import schema
from socialcare.settings.model import ORDER_PATTERN
from tests.cli.acme import LATE, MIA, MINUTE, PAST, QUESTION, Acme, judged, mention

SHOP = """\
Name,Email,Financial Status,Fulfillment Status,Lineitem name
#4411,mia@example.org,paid,shipped,Boots
#4411,,,,Laces
#4412,bo@example.org,paid,,Socks
"""
TOLD = (
    "Orders   4411: Email mia@example.org; Financial Status paid; Fulfillment Status\n"
    "         shipped; Lineitem name Boots; Laces\n"
)


@pytest.fixture
def acme(tmp_path):
    shop = Acme(tmp_path, {"TZ": "UTC"})
    shop.fill([PAST], [LATE], [QUESTION])
    return shop


def write(shop, text, name="orders.csv"):
    path = shop.home / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(path)


def read(text, **mapping):
    data = text if isinstance(text, bytes) else text.encode()
    return list(read_orders(io.BytesIO(data), name="orders.csv", mapping=mapping))


def test_twice_is_once_and_a_change_is_told(acme):
    file = write(acme, SHOP)
    ran = acme.run("import", "--orders", file)
    assert (ran.code, ran.out, ran.err) == (
        0,
        "orders.csv   2 orders: 2 new, 0 updated, 0 unreadable\n",
        "",
    )
    again = acme.run("import", "--orders", file)
    assert again.out == "orders.csv   2 orders: 0 new, 0 updated, 0 unreadable\n"
    changed = acme.run("import", "--orders", write(acme, SHOP.replace("paid,,", "paid,lost,")))
    assert changed.out == "orders.csv   2 orders: 0 new, 1 updated, 0 unreadable\n"
    assert acme.value("select count(*) from orders") == 2
    assert json.loads(acme.value("select data from orders where number = '4411'")) == {
        "Email": "mia@example.org",
        "Financial Status": "paid",
        "Fulfillment Status": "shipped",
        "Lineitem name": "Boots; Laces",
    }


def test_the_card_prints_the_orders_that_a_mention_names(acme):
    assert "Orders" not in acme.run("show", "2").out
    acme.run("import", "--orders", write(acme, SHOP))
    assert TOLD in acme.run("show", "2").out
    assert "Orders   4411: Email mia@example.org;\n" in acme.run("show", "2", width=40).out
    assert "Orders" not in acme.run("show", "3").out
    told = json.loads(acme.run("show", "2", "--json").out)
    jsonschema.Draft202012Validator(schema("show")).validate(told)
    assert [order["number"] for order in told["orders"]] == ["4411"]
    assert told["orders"][0]["data"]["Financial Status"] == "paid"
    assert json.loads(acme.run("show", "3", "--json").out)["orders"] == []


def test_a_number_in_the_rest_of_the_conversation_counts(acme):
    acme.run("import", "--orders", write(acme, SHOP))
    more = mention(107, MIA, "Hello??", MINUTE, thread="100", in_reply_to="101")
    acme.fill([judged(more, "question")])
    assert "Orders   4411: Email" in acme.run("show", "4").out


def test_the_pattern_of_the_config_says_what_a_number_is(acme):
    acme.run("import", "--orders", write(acme, "number;state\nA-77;lost\n4411;sent\n"))
    acme.fill([judged(mention(108, MIA, "Where is a-77? Or #4411?", MINUTE), "question")])
    assert "Orders   4411: state sent\n" in acme.run("show", "4").out
    config = acme.home / "acme.toml"
    config.write_text("[orders]\npattern = '(?i)\\ba-\\d+'\n")
    out = acme.run("show", "4", SOCIALCARE_CONFIG=str(config)).out
    assert "Orders   A-77: state lost\n" in out
    assert "4411: " not in out


def test_sql_reaches_them(acme):
    acme.run("import", "--orders", write(acme, SHOP))
    ran = acme.run("sql", "select number, json_extract(data, '$.Email') from orders")
    assert ran.out == "4411\tmia@example.org\n4412\tbo@example.org\n"


def test_broken_rows_are_told_and_the_rest_is_kept(acme):
    text = "order,state\n,lost\n4.4E+12,sent\n4413,sent\n4414,a,b\n"
    ran = acme.run("import", "--orders", write(acme, text))
    assert (ran.code, ran.out) == (5, "orders.csv   1 order: 1 new, 0 updated, 3 unreadable\n")
    assert ran.err == (
        "line 2: no number of an order\n"
        "line 3: 4.4E+12 was rounded by a spreadsheet\n"
        "line 5: 3 cells where the header has 2\n"
    )
    told = json.loads(acme.run("import", "--orders", write(acme, text), "--json").out)
    assert told == {"v": 1, "orders": 1, "new": 0, "updated": 0, "unreadable": 3}


def test_a_dry_run_counts_and_keeps_nothing(acme, tmp_path):
    file = write(acme, SHOP)
    for shop in (acme, Acme(tmp_path / "new")):
        ran = shop.run("import", "--orders", file, "-n", tty=True)
        assert ran.out == "orders.csv   2 orders: 2 new, 0 updated, 0 unreadable\n"
        assert ran.err == "Nothing was stored (--dry-run).\n"
    assert acme.value("select count(*) from orders") == 0
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    "text",
    [
        SHOP.replace(",", ";"),
        SHOP.replace(",", "\t"),
        b"\xef\xbb\xbf" + SHOP.encode(),
        SHOP.encode("utf-16"),
        SHOP.encode("utf-16-le"),
        "Orders of Acme\n\n" + SHOP,
        SHOP.replace("Name,", "Order number,"),
        SHOP.replace("Name,", "order_id,").replace("#", ""),
        SHOP.replace("#4411", "4411.0"),
    ],
)
def test_tables_as_shops_write_them(text):
    assert read(text) == read(SHOP)
    assert [row.number for row in read(text)] == ["4411", "4412"]


def test_a_column_can_be_named():
    assert [row.number for row in read("ref,id\nA1,7\n", number="ref")] == ["A1"]
    assert read("ref,id\nA1,7\n") == [OrderRow("7", {"ref": "A1"})]


@pytest.mark.parametrize(
    ("words", "code", "error"),
    [
        ((), 2, "--orders takes one file of CSV or TSV."),
        (("orders.csv", "--text", "x"), 2, "--orders takes one file of CSV or TSV."),
        (("orders.csv", "--map", "text=ref"), 2, '--map: an order has no field "text".'),
        (("orders.csv", "--map", "number=nix"), 1, 'orders.csv has no column "nix".'),
        (("orders.csv",), 1, "orders.csv has no column that I know as the number of an order."),
        (("nix.csv",), 1, "nix.csv cannot be read: No such file or directory."),
    ],
)
def test_mistakes_are_two_lines(acme, monkeypatch, words, code, error):
    monkeypatch.chdir(acme.home)
    write(acme, "ref,state\n1,2\n")
    ran = acme.run("import", "--orders", *words)
    assert (ran.code, ran.out, ran.err.splitlines()[0]) == (code, "", f"error: {error}")
    assert len(ran.err.splitlines()) == 2
    if len(words) == 1 and words[0] == "orders.csv":
        assert ran.err.splitlines()[1] == (
            "hint:  name it: socialcare import --orders orders.csv --map number=ref"
            "   its columns: ref, state"
        )


def test_hostile_cells_reach_no_screen_raw(acme):
    rest = "".join(f"{number},on its way\n" for number in range(5000, 5020))
    text = f"order,\x1b[2Jstate\n4411,\x1b]0;x\x07[/]\n{rest}"
    assert acme.run("import", "--orders", write(acme, text)).code == 0
    out = acme.run("show", "2", tty=True).out
    assert "Orders   4411: ^[[2Jstate ^[]0;x^G[/]\n" in out
    assert not {"\x1b", "\x07"} & set(out)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Where is #4411?", ["4411"]),
        ("my order 4411 and Order no. 4412, order number: #4413", ["4411", "4412", "4413"]),
        ("born 1984, call 0555-0142, 20,000 boots", []),
        ("#12 is the best, reorder 5555", []),
        ("x" * 1_990 + " #4411 #4412", ["4411"]),
    ],
)
def test_what_is_a_number_of_an_order(text, numbers):
    assert list(numbers_in([text], ORDER_PATTERN)) == numbers


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.binary(max_size=300), st.text('order,;\t"\n4#.Ené\x00', max_size=200)))
def test_anything_is_rows_or_one_error(text):
    try:
        rows = read(text if isinstance(text, bytes) else text.encode())
    except InputError as error:
        assert error.hint
        return
    for row in rows:
        if isinstance(row, OrderRow):
            assert row.number
            assert all(row.data.values())
