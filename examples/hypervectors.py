"""Hypervectors: a table in one vector, an analogy, and languages told apart by their trigrams.

./tritter python examples/hypervectors.py
"""

from __future__ import annotations

from tritter_accel import Array, vsa

DIM = 10_000

COUNTRIES = {
    "United States": {"capital": "Washington", "currency": "dollar"},
    "Mexico": {"capital": "Mexico City", "currency": "peso"},
    "Japan": {"capital": "Tokyo", "currency": "yen"},
}

TEXTS = {
    "English": "the old man who lived by the harbour went down to the water every morning before "
    "the sun was up, and there he would sit and watch the boats that came in with the wind. when "
    "somebody asked him what he was waiting for, he said that he had nothing else to do and that "
    "the sea was never the same as it had been the day before.",
    "German": "der alte mann, der am hafen wohnte, ging jeden morgen vor dem aufgang der sonne zum "
    "wasser hinunter, und dort sass er und schaute den booten zu, die mit dem wind hereinkamen. "
    "wenn jemand ihn fragte, worauf er wartete, dann sagte er, dass er nichts anderes zu tun habe "
    "und dass das meer nie so sei, wie es am tag zuvor gewesen war.",
    "Spanish": "el viejo que vivia junto al puerto bajaba al agua cada manana antes de que saliera "
    "el sol, y alli se sentaba a mirar los barcos que llegaban con el viento. cuando alguien le "
    "preguntaba que estaba esperando, decia que no tenia otra cosa que hacer y que el mar nunca "
    "era el mismo que habia sido el dia anterior.",
    "Finnish": "vanha mies, joka asui sataman vieressa, meni joka aamu ennen auringon nousua alas "
    "veden aarelle, ja siella han istui ja katseli veneita, jotka tulivat tuulen mukana. kun joku "
    "kysyi, mita han odotti, han sanoi, ettei hanella ollut muuta tekemista ja ettei meri ollut "
    "koskaan sama kuin se oli ollut edellisena paivana.",
}

SENTENCES = {
    "where would they have been if the weather had not changed that night?": "English",
    "ich glaube nicht, dass wir heute noch nach hause kommen werden.": "German",
    "los ninos estaban jugando en la calle cuando empezo la lluvia.": "Spanish",
    "huomenna lahdemme aikaisin metsaan etsimaan sienia ja marjoja.": "Finnish",
}


class Symbols(vsa.ItemMemory):
    """Names, each with a random hypervector that is made when it is first asked for."""

    def __getitem__(self, name: str) -> Array:
        """The hypervector of a name."""
        if name not in self:
            self.add(name, vsa.random(self.dim, seed=len(self)))
        return super().__getitem__(name)


def country(symbols: Symbols, name: str) -> Array:
    """A country as one hypervector: the bundle of each role bound to its filler."""
    facts = {"name": name} | COUNTRIES[name]
    roles = [symbols[f"the {role}"] for role in facts]
    return vsa.record(roles, [symbols[filler] for filler in facts.values()])


def capital(symbols: Symbols, name: str) -> str:
    """What stands behind a role: unbind, and clean up what comes out."""
    noisy = vsa.filler(country(symbols, name), symbols["the capital"])
    return symbols.nearest(noisy)[0][0]


def counterpart(symbols: Symbols, thing: str, here: str, there: str) -> str:
    """What is to one country as a thing is to another; no role is named (Kanerva, 2010)."""
    mapping = vsa.unbind(country(symbols, there), country(symbols, here))
    return symbols.nearest(vsa.bind(symbols[thing], mapping))[0][0]


def profile(letters: Symbols, text: str) -> Array:
    """All trigrams of a text in one hypervector (Joshi, Halseth and Kanerva, 2016)."""
    vectors = {letter: letters[letter] for letter in set(text)}
    return vsa.ngrams([vectors[letter] for letter in text], 3)


def languages(letters: Symbols) -> vsa.ItemMemory:
    """The profile of each language."""
    memory = vsa.ItemMemory(DIM)
    for name, text in TEXTS.items():
        memory.add(name, profile(letters, text))
    return memory


def main() -> None:
    """Asks and prints."""
    symbols = Symbols(DIM)
    print("capital of Japan:", capital(symbols, "Japan"))
    print("dollar of Mexico:", counterpart(symbols, "dollar", "United States", "Mexico"))
    print("yen of the United States:", counterpart(symbols, "yen", "Japan", "United States"))

    letters = Symbols(DIM)
    known = languages(letters)
    for sentence in SENTENCES:
        (best, cosine), (second, other) = known.nearest(profile(letters, sentence), 2)
        print(f"{best} {cosine:.2f}, {second} {other:.2f}: {sentence}")


if __name__ == "__main__":
    main()
