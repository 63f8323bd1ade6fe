// Which emergency number to show: the page's own, the operator's, that of the visitor's country, or all of them.

/** The visitor's country by the languages of the browser, `GB` for example; null when they name none. */
export function country(languages = navigator.languages ?? [navigator.language]) {
  for (const language of languages) {
    try {
      const { region } = new Intl.Locale(language);
      if (region) return region;
    } catch {
      continue; // not a language tag
    }
  }
  return null;
}

/**
 * @param {object|null} settings `emergency` of the server: `{text, number, numbers}`.
 * @param {object} own attributes of the page: `{number, country}`.
 * @param {string} fallback text with numbers, for when the server was never reached.
 * @returns {{main: string[], other: {number: string, name: string}[]}} numbers to call first, and the rest.
 */
export function emergency(settings, own, fallback) {
  const listed = settings?.numbers ?? [];
  const fixed = own.number || settings?.number;
  if (fixed) return { main: [fixed], other: [] };
  const here = listed.find((one) => one.country === (own.country?.toUpperCase() || country()));
  const found = (settings?.text || fallback).match(/\+?\d[\d ]*\d/g) ?? [];
  const other = listed.map(({ number, name, country: code }) => ({ number, name: name || code }));
  return here ? { main: [here.number], other } : { main: found, other };
}

/** Where a number leads. */
export const tel = (number) => `tel:${number.replace(/[^+\d]/g, '')}`;
