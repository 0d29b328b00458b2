#!/usr/bin/env bash
# Runs `layers check` for action.yml, and sets the outputs of the step. All inputs are variables of the environment.
set -euo pipefail

case $INPUT_FAIL_ON in
  fail | warn | never) ;;
  *)
    echo '::error::the input fail-on must be fail, warn or never'
    exit 2
    ;;
esac

# The files of each run are its own: a job can use the action twice, and compare with the JSON of the first run.
work=$(mktemp -d "$RUNNER_TEMP/layers-check.XXXXXX")
json=$work/check.json
markdown=${INPUT_COMMENT_FILE:-$work/check.md}
options=()
while IFS= read -r line; do
  line=${line%$'\r'}
  [[ -z $line ]] || options+=("$line")
done <<<"$INPUT_OPTIONS"
options+=(--json --github --force "--markdown=$markdown")
# The reports must say that the step fails.
[[ $INPUT_FAIL_ON != warn ]] || options+=(--strict)
# A value in the same word cannot be taken for an option.
[[ -z $INPUT_BASE ]] || options+=("--base=$INPUT_BASE")
[[ -z $INPUT_AGAINST ]] || options+=("--against=$INPUT_AGAINST")
[[ -z $INPUT_CONFIG ]] || options+=("--config=$INPUT_CONFIG")
[[ -z $INPUT_JUNIT_FILE ]] || options+=("--junit=$INPUT_JUNIT_FILE")
[[ -z $INPUT_SARIF_FILE ]] || options+=("--sarif=$INPUT_SARIF_FILE")

status=0
"$RUNNER_TEMP/layers/node_modules/.bin/layers" check "${options[@]}" -- "$INPUT_IMAGE" >"$json" || status=$?
if ((status > 1)); then
  echo '::error title=layers check::The image was not checked. The log of the step says why.'
  exit "$status"
fi

# Numbers and words of a closed list, so that no name of the image reaches the outputs.
if ! node - "$json" >>"$GITHUB_OUTPUT" <<'SCRIPT'; then
let report = {};
try {
  report = JSON.parse(require('node:fs').readFileSync(process.argv[2], 'utf8'));
} catch {}
const { verdict, figures } = report;
if (figures === undefined) process.exit(1);
const { efficiency, wastedBytes, contentBytes, storedBytes, layers, growthBytes } = figures;
console.log(`verdict=${['fail', 'warn', 'pass'].find((each) => each === verdict)}`);
console.log(`efficiency=${Number(efficiency)}`);
console.log(`wasted-bytes=${Number(wastedBytes)}`);
console.log(`content-bytes=${Number(contentBytes)}`);
console.log(`stored-bytes=${Number(storedBytes)}`);
console.log(`layers=${Number(layers)}`);
console.log(`growth-bytes=${growthBytes === null ? '' : Number(growthBytes)}`);
SCRIPT
  echo '::error title=layers check::The input options has an option that checks no image, such as --help.'
  exit 2
fi
verdict=$(sed -n 's/^verdict=//p' "$GITHUB_OUTPUT" | tail -n 1)
delimiter=$(node -p 'crypto.randomUUID()')
printf '%s<<%s\n%s\n%s\n' \
  markdown "$delimiter" "$markdown" "$delimiter" json "$delimiter" "$json" "$delimiter" >>"$GITHUB_OUTPUT"

case $INPUT_FAIL_ON in
  never) exit 0 ;;
  warn) [[ $verdict == pass ]] || exit 1 ;;
esac
# 1 also where the image is damaged.
exit "$status"
