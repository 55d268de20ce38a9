#!/bin/sh
# weekly_csv.sh [FOLDER]: the mentions of the last 7 days as a table for a spreadsheet.
#
# Texts that a spreadsheet would take for a formula come with a ' in front. The file gets
# its name only when it is whole.
set -eu

folder=${1:-.}
file="$folder/mentions-$(date +%Y-%m-%d).csv"
mkdir -p "$folder"
trap 'rm -f "$file.part"' EXIT

"${SOCIALCARE:-socialcare}" inbox is:any since:7d sort:old --format csv \
    --fields id,created_at,channel,author,label,topics,priority,status,owner,first_answer_at,rating,text,url \
    > "$file.part"
mv "$file.part" "$file"
