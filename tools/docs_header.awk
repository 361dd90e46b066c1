# What doxygen reads instead of a header, by docs/Doxyfile: its names are in the group of its room (docs/rooms.dox), and the
# inline namespace that is named after compiler flags is left out. No line moves.
FNR == 1 {
  room = FILENAME
  sub(/.*include\/selfsame\//, "", room)
  room = room ~ /\// ? substr(room, 1, index(room, "/") - 1) : ""  # an umbrella belongs to none
}
/^inline namespace SELFSAME_FLAGS \{$/ || /^\}  \/\/ namespace SELFSAME_FLAGS$/ { print ""; next }
room != "" && /^namespace selfsame[a-z:]* \{$/ { print $0 " /** @addtogroup " room " */ /** @{ */"; next }
room != "" && /^\}  \/\/ namespace selfsame/ { print "/** @} */ " $0; next }
/\/\/\/.* As / { gsub(/ As /, " %As ") }  # the word, not the struct
{ print }
