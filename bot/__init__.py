"""The Rasa side of Kneewise: understanding, channels, storage, the server. Holds no medicine."""
