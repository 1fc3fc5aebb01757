#!/usr/bin/env bash
# wordcount_test.sh PROGRAM: checks a native wordcount against known answers.
set -euo pipefail
program=$1
here=$(dirname "$0")
failed=0

# check NAME INPUT WANTED-OUTPUT: INPUT in printf's notation.
check() {
  local got
  got=$(printf "$2" | "$program" 2>&1) || got="exit $?: $got"
  if [ "$got" != "$3" ]; then
    printf '%s:\n  got  %s\n  want %s\n' "$1" "$got" "$3"
    failed=1
  fi
}

check empty '' '{"lines":0,"words":0,"bytes":0,"distinct":0,"top":[]}'
check 'no newline at the end' 'a\nb A' '{"lines":2,"words":3,"bytes":5,"distinct":2,"top":[{"word":"a","count":2},{"word":"b","count":1}]}'
check 'ties in byte order' 'b ab a abc' \
  '{"lines":1,"words":4,"bytes":10,"distinct":4,"top":[{"word":"a","count":1},{"word":"ab","count":1},'\
'{"word":"abc","count":1},{"word":"b","count":1}]}'
check 'beyond ASCII' '\xe2\x80\x9eGr\xc3\xbc\xc3\x9fe\xe2\x80\x9c' \
  '{"lines":1,"words":1,"bytes":13,"distinct":1,"top":[{"word":"grüße","count":1}]}'
check 'quotes and controls part words' 'a"b\\\\c\001d' \
  '{"lines":1,"words":4,"bytes":8,"distinct":4,"top":[{"word":"a","count":1},{"word":"b","count":1},'\
'{"word":"c","count":1},{"word":"d","count":1}]}'
check 'not UTF-8' 'a\xff' 'exit 1: wordcount: the event is not UTF-8 text'
check 'cut off within a character' 'a\xc3' 'exit 1: wordcount: the event is not UTF-8 text'

if ! diff <("$program" < "$here/testdata/text.txt") "$here/testdata/counts.json"; then failed=1; fi
if head -c 16777216 /dev/zero | "$program" >/dev/null 2>&1; then
  echo "16 MiB: accepted"
  failed=1
fi
[ "$failed" -eq 0 ] && echo "wordcount: 9 passed, 0 failed"
exit "$failed"
