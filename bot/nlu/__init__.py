"""How a message is understood: findings with their status, quantities, intent and topic."""
