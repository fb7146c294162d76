"""Containers that were made to break laws, and the laws that each is seen to break."""

from tests.contract.naive import exits, plain, waiting

BANK = {
    plain.ByHand: "L2 L4 L6 L14 L15 L25 L26 L30 L34 L35 L36 L38 L41 L46 L48 L50 L51 L52 L53 L54 L70",
    plain.Closes: "L37 L41 L50",
    plain.Boasts: "L1 L12 L17 L22 L28 L51 L57 L58 L60 L61 L62 L63 L64 L65 L66",
    exits.RegistersFirst: "L3",
    exits.ExceptException: "L23 L24",
    exits.FirstFirst: "L18 L19 L20 L31 L37 L39",
    exits.Repeats: "L9 L15 L59",
    exits.StopsAtErrors: "L10 L24 L30 L56",
    exits.Invents: "L13",
    exits.ByPriority: "L21",
    exits.Forgets: "L13 L23",
    plain.OneLock: "L20 L38 L39 L42",
    plain.SharesAll: "L4 L7 L11 L12 L47 L49 L55",
    plain.Truthy: "L6 L11 L40",
    waiting.Detaches: "L33",
    plain.Eager: "L1 L5 L29 L43",
    plain.NoCache: "L2 L3 L9",
    plain.Hoards: "L16 L46",
    waiting.Drops: "L8 L32 L34",
    plain.Groups: "L27 L28",
    waiting.Waits: "L7",
    waiting.WaitsForEver: "L43",
    waiting.HopsThreads: "L44",
    waiting.LoopBound: "L54",
    waiting.Stubborn: "L29 L65",
}
"""Each with the laws that it is seen to break."""
