"""How the page around a drawing looks: light and dark, from 320 pixels on."""

STYLE = """
:root { color-scheme: light dark; --ink: #16202c; --quiet: #536170; --paper: #fff; --panel: #f3f6f9; --rule: #c9d2dc;
  --strong: #0b62b8; --wrong: #b3261e; --faint: #dfe5eb }
@media (prefers-color-scheme: dark) { :root { --ink: #e8edf3; --quiet: #9fb0c1; --paper: #10161d; --panel: #18212b;
  --rule: #35424f; --strong: #6db3f8; --wrong: #ff8a80;
  --faint: #27323d } }
* { box-sizing: border-box }
html, body { height: 100%; margin: 0 }
body { display: flex; flex-direction: column; background: var(--paper); color: var(--ink);
  font: 14px/1.45 ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", Arial, sans-serif }
header { display: flex; flex-wrap: wrap; gap: 8px 12px; align-items: center; padding: 8px 12px;
  border-bottom: 1px solid var(--rule) }
h1 { font-size: 16px; margin: 0; overflow-wrap: anywhere; flex: 0 1 auto }
h2 { font-size: 13px; font-weight: 600; color: var(--quiet); margin: 12px 0 6px }
.tools { display: flex; flex-wrap: wrap; gap: 6px; align-items: center; margin-left: auto }
input, select, button { font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--quiet);
  border-radius: 6px; min-height: 32px; padding: 2px 9px }
#search { flex: 1 1 150px; min-width: 0; max-width: 340px }
button { min-width: 32px; cursor: pointer }
:focus-visible { outline: 3px solid var(--strong); outline-offset: 1px }
#drawing:focus-visible { outline-offset: -3px }
main { flex: 1; min-height: 0; display: flex }
#drawing { flex: 1; min-width: 0; overflow: hidden; touch-action: none; cursor: grab; position: relative }
#drawing.held { cursor: grabbing }
#drawing svg { display: block; width: 100%; height: 100% }
aside { width: 320px; overflow: auto; padding: 0 14px 12px; background: var(--panel);
  border-left: 1px solid var(--rule) }
#details h3 { margin: 14px 0 6px; font-size: 16px; overflow-wrap: anywhere }
#details dl { margin: 0; display: grid; grid-template-columns: auto 1fr; gap: 3px 10px }
#details dt { color: var(--quiet) }
#details dd { margin: 0; overflow-wrap: anywhere; white-space: pre-wrap }
#details dd.bad { color: var(--wrong) }
#list, #details ul { list-style: none; margin: 0; padding: 0 }
#list button, #details li button { display: block; width: 100%; text-align: left; border: 0; background: none;
  padding: 3px 6px; overflow-wrap: anywhere }
#list button:hover, #details li button:hover { background: var(--paper) }
#list small, #details small { color: var(--quiet); font-size: 12px }
#list .bad { color: var(--wrong) }
.keys { color: var(--quiet); font-size: 12px }
.node { cursor: pointer }
.node.far { opacity: .14 }
svg.tenure-graph .link.far .line { stroke: var(--faint); stroke-width: 1 }
svg.tenure-graph .link.far .head { fill: var(--faint) }
svg.tenure-graph .node.chosen .box { stroke: var(--strong); stroke-width: 4 }
svg.tenure-graph .link.near .line { stroke: var(--strong); stroke-width: 2.5 }
svg.tenure-graph .link.near .head { fill: var(--strong) }
@media (max-width: 760px) { main { flex-direction: column } aside { width: auto; max-height: 45%; border-left: 0;
  border-top: 1px solid var(--rule) } .tools { margin-left: 0 } #search { max-width: none } }
@media (max-width: 420px) { .word { display: none } }
@media print { header, aside { display: none } }
"""
