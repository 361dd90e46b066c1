// expected-error: role::Augmenter needs views\(\), check\(\) and make\(\), see ViewMaker
#include <selfsame/method/contrastive.hpp>
namespace mine {
struct Twice {
  using plays = selfsame::role::Augmenter;
  std::vector<selfsame::ViewSpec> views(selfsame::Shape image) const { return {{image}, {image}}; }
  void check(selfsame::Shape) const {}
};
}  // namespace mine
selfsame::Contrastive<mine::Twice> bad;
