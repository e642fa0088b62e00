// Which panels are in view, and which of them still show an older picture than the visitor's.
"use strict";
latentdemo.panels = (() => {
  const active = {}; // the open tab of each group; "" is the outer one
  const shown = {}, turns = {"": 0}; // what each panel shows; how often everything ("") or a group has become old

  function inView(key, keys) {
    const [outer, inner] = key.split("/"), first = keys[0].split("/")[0];
    if ((active[""] ?? first) !== outer) return false;
    const siblings = keys.filter(other => other.startsWith(`${outer}/`));
    return !inner || (active[outer] ?? siblings[0].split("/")[1]) === inner;
  }

  // A text per panel: a new one, if it is old, for those in view, the text they have for the others.
  // `initial` maps each panel to its first text: "0" if it was filled with the first picture, "" if it is still empty.
  function due(initial) {
    const keys = Object.keys(initial);
    return keys.map(key => {
      if (inView(key, keys)) shown[key] = String(turns[""] + (turns[key.split("/")[0]] || 0));
      return shown[key] ?? initial[key];
    });
  }

  function stale(initial, group) {
    turns[group] = (turns[group] || 0) + 1;
    return due(initial);
  }

  function opened(key, initial) {
    const [outer, inner] = key.split("/");
    if (inner) active[outer] = inner; else active[""] = outer;
    return due(initial);
  }

  return {stale, opened};
})();
