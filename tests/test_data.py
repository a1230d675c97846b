"""Streams of files: what a batch holds, places that are kept, errors that say where."""

import json
import operator
import pathlib

import pytest

import tritter_accel as ta

GOLDEN = pathlib.Path(__file__).parent / "golden"
PARQUET = GOLDEN / "parquet"
ROWS = [{"text": f"row {i} " + "x" * (i % 7)} for i in range(40)]


@pytest.fixture
def rows(tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS), encoding="utf-8")
    return path


def values(stream):
    return [(ids.tolist(), targets.tolist()) for ids, targets in stream]


def test_packed_batches_are_the_text_of_all_rows(rows):
    text = "".join(row["text"] for row in ROWS).encode()
    with ta.stream_dataset(rows, batch=2, context=16) as stream:
        batches = list(stream)
    ids = [i for batch, _ in batches for row in batch.tolist() for i in row]
    targets = [i for _, batch in batches for row in batch.tolist() for i in row]
    assert bytes(ids).rstrip(b"\0") == text[:-1]
    assert bytes(t for t in targets if t != -100) == text[1:]
    assert batches[0][0].dtype == "int32"
    assert batches[0][0].shape == (2, 16)


@pytest.mark.parametrize("prefetch", [0, 3])
@pytest.mark.parametrize("pack", [True, False])
def test_a_stream_goes_on_from_a_place(rows, prefetch, pack):
    settings = {
        "batch": 2, "context": 9, "shuffle": 5, "seed": 3, "epochs": 2, "prefetch": prefetch,
        "pack": pack,
    }  # fmt: skip
    sources = [
        ta.Source(rows, weight=3),
        ta.Source(PARQUET / "texts_zstd.parquet", fields={"text": "body"}),
    ]
    with ta.stream_dataset(sources, **settings) as stream:
        whole = values(stream)
        stream.reset()
        assert values(stream) == whole
    for start in range(0, len(whole), 7):
        with ta.stream_dataset(sources, **settings) as stream:
            for _ in range(start):
                next(stream)
            state = json.loads(json.dumps(stream.state_dict()))
        with ta.stream_dataset(sources, **settings) as stream:
            stream.load_state_dict(state)
            assert values(stream) == whole[start:]


@pytest.mark.parametrize("codec", ["none", "snappy", "zstd", "gzip"])
def test_parquet_of_every_codec_gives_the_same(codec):
    with ta.stream_dataset(PARQUET / f"texts_{codec}.parquet", batch=1, context=64) as stream:
        text = b"".join(bytes(ids[0].tolist()) for ids, _ in stream).decode()
    assert text.startswith("document 0: document 1: wörter ✓ document 2: wörter ✓ wörter ✓ ")


def test_parquet_that_pyarrow_writes_is_read(tmp_path):
    pa = pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    pq = pytest.importorskip("pyarrow.parquet")
    texts = [f"text {i} " * (i % 50) for i in range(3000)]
    for codec in ("none", "snappy", "zstd", "gzip"):
        for version in ("1.0", "2.0"):
            path = tmp_path / f"{codec}.parquet"
            table = pa.table({"n": list(range(3000)), "content": texts})
            pq.write_table(
                table, path, compression=codec, row_group_size=700, data_page_version=version,
                use_dictionary=version == "1.0",
            )  # fmt: skip
            with ta.stream_dataset(path, batch=4, context=256) as stream:
                got = b"".join(bytes(row) for ids, _ in stream for row in ids.tolist())
            assert got.rstrip(b"\0").decode() == "".join(texts)[:-1]


def test_only_answers_are_learned():
    source = ta.Source(PARQUET / "chats.parquet", "chat", template="plain")
    with ta.stream_dataset(source, batch=1, context=128, pack=False) as stream:
        ids, targets = next(stream)
    length = len("user: question 0.0\nassistant: answer 0.0\n")
    assert bytes(ids.tolist()[0][: length - 1]) == b"user: question 0.0\nassistant: answer 0.0"
    learned = bytes(t for t in targets.tolist()[0] if t != -100)
    assert learned == b" answer 0.0\n"


def test_held_out_rows_are_not_trained_on(rows):
    def texts(held_out):
        settings = {"batch": 1, "context": 32, "pack": False, "hold_out_every": 4}
        with ta.stream_dataset(rows, held_out=held_out, **settings) as stream:
            return {bytes(ids[0].tolist()).rstrip(b"\0") for ids, _ in stream}

    training, held = texts(False), texts(True)
    assert (len(training), len(held)) == (30, 10)
    assert not training & held


def test_a_bad_row_is_an_error_or_a_warning(tmp_path):
    path = tmp_path / "bad.jsonl"
    path.write_text('{"text": "good"}\n{"text": 1}\nnonsense\n{"text": "good"}\n')
    message = r"bad\.jsonl, line 2: row: expected a field"
    with (
        ta.stream_dataset(path, batch=1, context=3) as stream,
        pytest.raises(ValueError, match=message),
    ):
        list(stream)
    with ta.stream_dataset(path, batch=1, context=3, skip_bad_rows=True) as stream:
        with pytest.warns(UserWarning, match="left out: .*line [23]:"):
            assert len(list(stream)) == 3
        assert stream.left_out == 2


def test_the_length_is_known_about(rows):
    with ta.stream_dataset(rows, batch=2, context=16, epochs=3) as stream:
        assert operator.length_hint(stream, -1) == -1
        next(stream)
        assert operator.length_hint(stream, -1) == pytest.approx(len(list(stream)) + 1, rel=0.2)


def test_a_tokenizer_puts_its_ids_in(rows):
    with ta.stream_dataset(
        rows, batch=1, context=16, tokenizer=GOLDEN / "tokenizer_bpe", end_id=1
    ) as stream:
        ids, _ = next(stream)
    assert ids.tolist()[0][0] == 0  # the beginning that the tokenizer puts before every text
    assert 1 in ids.tolist()[0]


def test_what_cannot_be_is_refused(rows, tmp_path):
    with pytest.raises(OSError, match="nowhere"):
        ta.stream_dataset(tmp_path / "nowhere.jsonl", batch=1, context=4)
    with pytest.raises(ValueError, match="expected files such as"):
        ta.stream_dataset(tmp_path / "*.parquet", batch=1, context=4)
    with pytest.raises(ValueError, match="format: expected one of"):
        ta.Source(rows, "csv")
    with pytest.raises(ValueError, match="template: expected one of"):
        ta.Source(rows, "chat", template="jinja")
    with pytest.raises(ValueError, match="context"):
        ta.stream_dataset(rows, batch=1, context=0)
    with pytest.raises(ValueError, match="source: expected"):
        ta.stream_dataset([], batch=1, context=1)
    with (
        ta.stream_dataset(rows, batch=1, context=4) as stream,
        pytest.raises(ValueError, match="state: expected"),
    ):
        stream.load_state_dict({"kind": "windows"})
