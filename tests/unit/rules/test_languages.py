"""A language is told by its letters and its commonest words, never by the letters of a code."""

from __future__ import annotations

import pytest

from curation.rules.languages import language_of


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("English", "Deliver to 75 Harbour Close, Dover rather than home, order W8461."),
        ("English", "I made a mistake, cancel O1368."),
        ("English", "Has Y9364 been delivered yet?"),
        ("English", "Will T4535 come today?"),
        ("another", "Cancel O4761."),
        ("another", "Track J9947."),
        ("German", "Wo ist meine Bestellung A-77?"),
        ("French", "Où est ma commande A-77, je vous prie ?"),
        ("Spanish", "¿Dónde está mi pedido A-77?"),
        ("Portuguese", "Onde está o meu pedido A-77?"),
        ("Italian", "Dove è il mio ordine A-77?"),
        ("Polish", "Gdzie jest moja paczka? Proszę sprawdzić w systemie, czy to jest W8461."),
        ("Dutch", "Waar is mijn bestelling A-77?"),
        ("Japanese", "注文A-77はどこですか"),
        ("Chinese", "我的订单A-77在哪里"),
        ("Russian", "Где мой заказ A-77?"),
    ],
)
def test_language_of_a_request(language: str, text: str) -> None:
    assert language_of(text) == language
