# Turns the register list of a bench into C: the unit id of each component, and per device address and scale of each
# register. The columns used stand before the comment, which alone may hold a comma.
BEGIN { FS = ","; print "/* Made by header.awk from the register list of the rig; do not edit. */" }
NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
{
    device = toupper($column["device"]); name = device "_" toupper($column["name"])
    split($column["point"], path, ".")
    if (!(path[1] in unit) && path[1] != "") { unit[path[1]] = 1; print "#define UNIT_" toupper(path[1]) " " $column["unit"] }
    if (name in seen) next
    seen[name] = 1
    print "#define " name " " $column["address"]
    if ($column["scale"] != "") print "#define " name "_SCALE " $column["scale"]
}
