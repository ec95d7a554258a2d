# Readline splits words at : = and @. This joins them again, and removes from the candidates the part of the word that
# readline keeps.
_casebook() {
    local line=${COMP_LINE:0:COMP_POINT} part i
    local -a whole=()
    for ((i = 0; i <= COMP_CWORD; i++)); do
        if [[ i -eq 0 || $line == [[:blank:]]* ]]; then
            whole+=("")
            line=${line#"${line%%[![:blank:]]*}"}
        fi
        part=$line
        ((i < COMP_CWORD)) && part=${COMP_WORDS[i]}
        whole[${#whole[@]}-1]+=$part
        line=${line#"$part"}
    done
    local word=${whole[${#whole[@]}-1]#[\"\']}
    local -a COMP_WORDS=("${whole[@]}")
    local COMP_CWORD=$((${#whole[@]} - 1))
    _clap_complete_casebook "$1" "$word" "$3"
    COMPREPLY=("${COMPREPLY[@]#"${word%"$2"}"}")
}
if [[ ${BASH_VERSINFO[0]} -gt 4 || ${BASH_VERSINFO[0]} -eq 4 && ${BASH_VERSINFO[1]} -ge 4 ]]; then
    complete -o nospace -o bashdefault -o nosort -F _casebook casebook
else
    complete -o nospace -o bashdefault -F _casebook casebook
fi
