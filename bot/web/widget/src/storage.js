// Storage that may be blocked: then things are kept for as long as the page lives.

/**
 * @param {'localStorage'|'sessionStorage'|null} name which storage; null keeps nothing beyond the page.
 * @param {string} prefix goes before every key.
 */
export function keep(name, prefix) {
  const memory = new Map();
  let storage = null;
  try {
    storage = name && window[name];
    storage?.setItem(`${prefix}.try`, '1');
    storage?.removeItem(`${prefix}.try`);
  } catch {
    storage = null;
  }
  const attempt = (work) => {
    try {
      return storage ? work(storage) : undefined;
    } catch {
      return undefined; // full, or blocked meanwhile: memory still has it
    }
  };
  return {
    get: (key) => attempt((kept) => JSON.parse(kept.getItem(`${prefix}.${key}`))) ?? memory.get(key) ?? null,
    set(key, value) {
      memory.set(key, value);
      attempt((kept) => kept.setItem(`${prefix}.${key}`, JSON.stringify(value)));
    },
    remove(key) {
      memory.delete(key);
      attempt((kept) => kept.removeItem(`${prefix}.${key}`));
    },
  };
}
