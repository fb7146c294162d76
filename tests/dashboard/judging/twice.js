// Ids that stand twice.
[...document.querySelectorAll("[id]")].map((each) => each.id).filter((id, i, all) => all.indexOf(id) !== i)
