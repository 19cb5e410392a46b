# bash completion for lamppost, made from the table of commands.
_lamppost() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} words=
  COMPREPLY=()
  case $previous in
    --config | --devices | --output | --payload)
      compopt -o filenames 2>/dev/null
      mapfile -t COMPREPLY < <(compgen -f -- "$current")
      return
      ;;
  esac
  if ((COMP_CWORD == 1)); then
    words="--version run check map decode discover test status outbox dead models import help"
  else
    case ${COMP_WORDS[1]} in
      run) words="--config" ;;
      check) words="--config --explain" ;;
      map) words="--config --source --topic --payload --content-type --at --explain" ;;
      decode) words="--config --profile --format --layout --topic --payload --hex --fport --content-type --json" ;;
      discover) words="--config --source --seconds --topic --json" ;;
      test) words="--config" ;;
      status) words="--config --json" ;;
      outbox) words="--config --json --limit list show" ;;
      dead) words="--config --json --limit list show retry purge" ;;
      models) words="--config --json --output --subject --context --dcat --publisher list show import export units" ;;
      import) words="--config --devices --model --source iota" ;;
      help) words="" ;;
    esac
  fi
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}
complete -o default -F _lamppost lamppost
