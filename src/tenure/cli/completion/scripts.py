"""The scripts for the shells. Each asks `tenure __complete` and knows nothing of the commands itself."""

_BASH = r"""# bash completion of tenure: eval "$(tenure completion bash)"
_tenure() {
    local line="${COMP_LINE:0:COMP_POINT}" current prefix="" candidate
    local -a words
    read -ra words <<< "$line"
    current="${line##*[[:space:]]}"
    [[ -z $current ]] && words+=("")
    # bash breaks words at colons, and completes only what stands behind the last one
    [[ $current == *:* && $COMP_WORDBREAKS == *:* ]] && prefix="${current%"${current##*:}"}"
    COMPREPLY=()
    while IFS=$'\t' read -r candidate _; do
        [[ -n $candidate ]] && COMPREPLY+=("$(printf '%q' "${candidate#"$prefix"}")")
    done < <("${words[0]}" __complete "${words[@]:1}" 2>/dev/null)
    [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *[:.] ]] && compopt -o nospace 2>/dev/null
    return 0
}
complete -o default -F _tenure tenure
"""

_ZSH = r"""#compdef tenure
# zsh completion of tenure: eval "$(tenure completion zsh)", after compinit
_tenure() {
    local line value
    local -a values shown open_values open_shown
    for line in "${(@f)$("${words[1]}" __complete "${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
        value="${line%%$'\t'*}"
        [[ -z $value ]] && continue
        if [[ $value == *[:.] ]]; then
            open_values+=("$value"); open_shown+=("${line/$'\t'/  -- }")
        else
            values+=("$value"); shown+=("${line/$'\t'/  -- }")
        fi
    done
    (( ${#values} + ${#open_values} )) || { _files; return }
    (( ${#values} )) && compadd -l -d shown -a values
    (( ${#open_values} )) && compadd -l -S '' -d open_shown -a open_values
}
compdef _tenure tenure
"""

_FISH = r"""# fish completion of tenure: tenure completion fish > ~/.config/fish/completions/tenure.fish
function __tenure_candidates
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    $words[1] __complete $words[2..-1] "$current" 2>/dev/null
end
complete -c tenure -f -a '(__tenure_candidates)'
"""

SCRIPTS: dict[str, str] = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH}
"""By the name of the shell."""
