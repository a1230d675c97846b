"""Makes the Parquet files of this folder with pyarrow: documents and conversations, codec by codec."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

HERE = Path(__file__).parent
CODECS = "none", "snappy", "zstd", "gzip"


def document(i: int) -> str | None:
    """Document i: of several lengths, with more than ASCII, some of them null or empty."""
    if i % 17 == 5:
        return None
    return "" if i % 17 == 6 else f"document {i}: " + "wörter ✓ " * (i % 7)


def conversation(i: int) -> list[dict[str, str]]:
    """Conversation i: one to three questions and answers."""
    turns = []
    for turn in range(1 + i % 3):
        turns.append({"role": "user", "content": f"question {i}.{turn}"})
        turns.append({"role": "assistant", "content": f"answer {i}.{turn}"})
    return turns


def main() -> None:
    """Writes the files."""
    for codec in CODECS:
        texts = pa.table({"id": list(range(100)), "body": [document(i) for i in range(100)]})
        pq.write_table(texts, HERE / f"texts_{codec}.parquet", compression=codec, row_group_size=30)
    chats = pa.table({"messages": [conversation(i) for i in range(50)], "score": [0.5] * 50})
    pq.write_table(chats, HERE / "chats.parquet", compression="zstd", row_group_size=20)


if __name__ == "__main__":
    main()
