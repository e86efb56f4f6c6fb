"""``match``: pattern matching.

| module | what it is about |
|---|---|
| ``patterns.py`` | what patterns are |
| ``reading.py`` | syntax to patterns |
| ``decision.py`` | clauses to a decision automaton, and that to Core |
| ``usefulness.py`` | which clauses can never be chosen |
| ``form.py`` | the special form |
"""
