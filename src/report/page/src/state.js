// What the reader has chosen. Parts of the page listen and draw themselves again.

export function makeState(initial) {
  const listeners = [];
  const state = { ...initial };
  return {
    get: () => state,
    /** Calls those who listen with the set of names that changed; none where nothing did. */
    set(changes) {
      const changed = new Set(Object.keys(changes).filter((key) => state[key] !== changes[key]));
      if (changed.size === 0) return;
      Object.assign(state, changes);
      for (const { keys, act } of listeners) if (keys.some((key) => changed.has(key))) act();
    },
    on(keys, act) { listeners.push({ keys, act }); },
    clear() { listeners.length = 0; },
  };
}

const mostChosen = 8;

/** Changes that add a region to the chosen ones or take it away. */
export function toggled({ selected }, region) {
  const rest = selected.filter((one) => one !== region);
  return { selected: rest.length < selected.length ? rest : [...rest, region].slice(-mostChosen), focus: region };
}
