// expected-error: cannot convert .*Following.* to .*Trained|no matching member function for call to .start.
#include <selfsame/optimizer/adamw.hpp>
// An optimizer moves Trained weights; a target follows.
void bad(selfsame::Store<selfsame::Cpu>& store, const selfsame::Following<selfsame::Cpu>& target) {
  selfsame::AdamW{}.start<selfsame::Cpu>(store, target, "optimizer");
}
