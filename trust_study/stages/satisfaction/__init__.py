"""How content a person is with the explanations: a secondary measure."""
