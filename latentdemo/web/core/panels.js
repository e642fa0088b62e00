// Which panels are in view, and which of them still show an older picture than the visitor's.
"use strict";
latentdemo.panels = (() => {
  const active = {}; // the open tab of each group; "" is the outer one
  const shown = {}, turns = {"": 0}; // what each panel shows; how often everything ("") or a group has become old

  // A panel is in view if its tab is open, and the tab around that. `first` names the tab of each group that is open
  // until another one is chosen.
  function inView(key, first) {
    const [outer, inner] = key.split("/"), open = group => active[group] ?? first[group];
    return open("") === outer && (!inner || open(outer) === inner);
  }

  // A text per panel: a new one, if it is old, for those in view, the text they have for the others.
  // `initial` maps each panel to its first text: "0" if it was filled with the first picture, "" if it is still empty.
  function due(initial, first) {
    return Object.keys(initial).map(key => {
      if (inView(key, first)) shown[key] = String(turns[""] + (turns[key.split("/")[0]] || 0));
      return shown[key] ?? initial[key];
    });
  }

  function stale(group, initial, first) {
    turns[group] = (turns[group] || 0) + 1;
    return due(initial, first);
  }

  function opened(key, initial, first) {
    const [outer, inner] = key.split("/");
    if (inner) active[outer] = inner; else active[""] = outer;
    return due(initial, first);
  }

  return {stale, opened};
})();
