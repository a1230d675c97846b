"""Writes tokenizer_bpe: a small byte-level BPE, and what the tokenizers package makes of some texts.

usage: make_tokenizer.py OUT_DIR     needs: tokenizers
"""

import json
import pathlib
import sys

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers

out = pathlib.Path(sys.argv[1])
out.mkdir(parents=True, exist_ok=True)
tokenizer = Tokenizer(models.BPE())
tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
tokenizer.decoder = decoders.ByteLevel()
corpus = ["To be, or not to be, that is the question: whether 'tis nobler in the mind to suffer"] * 3
special = ["<|begin|>", "<|end|>"]
tokenizer.train_from_iterator(
    corpus,
    trainers.BpeTrainer(
        vocab_size=300,
        special_tokens=special,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    ),
)
tokenizer.post_processor = processors.TemplateProcessing(
    single="<|begin|> $A", special_tokens=[("<|begin|>", tokenizer.token_to_id("<|begin|>"))]
)
tokenizer.save(str(out / "tokenizer.json"))
texts = ["To be, or not to be", "", "naïve café", "日本語 🙂", "a\n\tb  c", "<|end|>to"]
cases = [
    {
        "text": text,
        "ids": tokenizer.encode(text).ids,
        "plain_ids": tokenizer.encode(text, add_special_tokens=False).ids,
        "decoded": tokenizer.decode(tokenizer.encode(text).ids),
    }
    for text in texts
]
text = json.dumps({"vocab_size": tokenizer.get_vocab_size(), "cases": cases}, indent=1)
(out / "cases.json").write_text(text + "\n")
