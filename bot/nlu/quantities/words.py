"""The words of numbers: what counts, what measures, days, months and people. Data only."""

from __future__ import annotations

ONES = {
    "zero": 0, "nought": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80,
    "ninety": 90,
}  # fmt: skip
VAGUE = {
    "a": 1, "an": 1, "a couple of": 2, "a couple": 2, "couple of": 2, "couple": 2, "a few": 3, "few": 3, "several": 4,
    "half a": 0.5, "half an": 0.5, "half": 0.5, "quarter of an": 0.25, "a quarter of an": 0.25,
    "three quarters of an": 0.75, "three quarters of a": 0.75, "quarter of a": 0.25, "half a dozen": 6,
    "a dozen": 12, "a single": 1,
}  # fmt: skip
"""Amounts that are numbers only before a unit."""
UNSPOKEN = {"": 1, "½": 0.5}
"""As `VAGUE`; nothing stands for one in "month and a half"."""

UNITS = {
    "minute": "min mins minute minutes",
    "hour": "h hr hrs hour hours",
    "day": "day days",
    "night": "night nights nite nites",
    "week": "wk wks week weeks weeek weeeks wek weks weeks'",
    "fortnight": "fortnight fortnights",
    "month": "mth mths mnth mnths mo mos month months moths months'",
    "year": "y yr yrs year years yaer yaers years'",
    "decade": "decade decades",
    "km": "k km kms kilometre kilometres kilometer kilometers",
    "miles": "mi mile miles miler milers",
    "times": "x times time",
    "sex": "m f male female bloke guy lady woman man girl lad",
    "yo": "yo y/o y.o y.o. yro",
    "other": "kg kgs kilo kilos stone st lb lbs pound pounds cm cms mm metre metres meter meters metres ft foot feet "
    "inch inches mg ml mcg g degrees degree percent % ° '",
}
"""Unit to the ways it is written."""
DAYS_IN = {
    "minute": 1 / 1440, "hour": 1 / 24, "day": 1, "night": 1, "week": 7, "fortnight": 14, "month": 364 / 12,
    "year": 364, "decade": 3640,
}  # fmt: skip
"""A month is 52/12 weeks, a year 52."""

WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
SHORT_WEEKDAYS = {
    "mon": 0, "mons": 0, "tue": 1, "tues": 1, "tuesdy": 1, "wed": 2, "weds": 2, "wensday": 2, "wednsday": 2, "thu": 3,
    "thur": 3, "thurs": 3, "fri": 4, "sat": 5, "sun": 6,
}  # fmt: skip
MONTHS = [
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
]  # fmt: skip
SHORT_MONTHS = {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "sept": 9, "oct": 10, "nov": 11,
    "dec": 12,
}  # fmt: skip
FEASTS = {
    "christmas": (12, 25), "xmas": (12, 25), "boxing day": (12, 26), "new year": (1, 1), "new years": (1, 1),
    "new year's": (1, 1), "easter": (4, 5), "halloween": (10, 31), "thanksgiving": (11, 26),
    "bonfire night": (11, 5), "valentines": (2, 14), "valentine's": (2, 14),
    "spring": (4, 15), "summer": (7, 15), "autumn": (10, 15), "fall": (10, 15), "winter": (1, 15),
}  # fmt: skip
"""Feasts and the middle of seasons, month and day; Easter as it falls on average."""
SEASONS = ("spring", "summer", "autumn", "fall", "winter")

RELATIVES = """
    mum mom mam mother dad father husband wife partner boyfriend girlfriend fiance fiancee son daughter boy girl lad
    lass kid child brother sister nan nana gran grandma granny grandad granddad grandpa grandmother grandfather
    grandson granddaughter uncle aunt auntie nephew niece cousin friend mate neighbour neighbor colleague teenager
    flatmate toddler stepson stepdaughter missus hubby bairn nipper wean youngest eldest oldest youngster pupil
"""
