/// @file
/// A table of slots turns a pack of policies, in any order, into one canonical aggregate.
#pragma once
#include <selfsame/core/roles.hpp>

#include <concepts>
#include <type_traits>

namespace selfsame {

/// A role of a method, and who plays it by default.
template <class Role_, Policy Player>
struct Slot {
  using Role = Role_;
  template <class Table, class... Given>
  using Default = std::type_identity<Player>;
};

/// A default that depends on who plays another role: `Choose<player of Beside>::type`.
template <class Role_, class Beside, template <class> class Choose>
struct SlotBeside {
  using Role = Role_;
  template <class Table, class... Given>
  using Default = Choose<typename Table::template player<Beside, Given...>>;
};

/// A role without a default: who plays it must be said.
template <class Role_>
struct Required {
  using Role = Role_;
  template <class Table, class... Given>
  struct Default {
    static_assert(sizeof...(Given) > 99,  // never: true only to wait for the instantiation
                  "selfsame: a role of this method has no default. Name who plays it (the slot is "
                  "Required<role>).");
    using type = Nobody<Role_>;
  };
};

namespace detail {

template <class... P>
struct List {};

// Who of the given policies plays the role of a slot; its default if none does.
template <class Slot, class Table, class Rest, class... Given>
struct Pick : Slot::template Default<Table, Given...> {};
template <class Slot, class Table, class First, class... Rest, class... Given>
struct Pick<Slot, Table, List<First, Rest...>, Given...>
    : Pick<Slot, Table, List<Rest...>, Given...> {};
template <class Slot, class Table, class First, class... Rest, class... Given>
  requires std::same_as<typename First::plays, typename Slot::Role>
struct Pick<Slot, Table, List<First, Rest...>, Given...> : std::type_identity<First> {};

template <class Role, class... SlotList>
struct Find;
template <class Role, class First, class... Rest>
struct Find<Role, First, Rest...> : Find<Role, Rest...> {};
template <class Role, class First, class... Rest>
  requires std::same_as<Role, typename First::Role>
struct Find<Role, First, Rest...> : std::type_identity<First> {};

template <class P>
struct RoleOf : std::type_identity<P> {};  // not a policy: Casting says so
template <Policy P>
struct RoleOf<P> : std::type_identity<typename P::plays> {};

template <class P, class Q>
inline constexpr bool same_role = std::same_as<typename RoleOf<P>::type, typename RoleOf<Q>::type>;

}  // namespace detail

/// The roles of a method: `Method` is the template of its implementation, one parameter a slot.
template <template <class...> class Method, class... SlotList>
struct Slots {
  template <class Role, class... Given>
  using player = typename detail::Pick<typename detail::Find<Role, SlotList...>::type, Slots,
                                       detail::List<Given...>, Given...>::type;
  template <class... Given>
  using method = Method<player<typename SlotList::Role, Given...>...>;
  template <class Role>
  static constexpr bool has = (std::same_as<Role, typename SlotList::Role> || ...);
};

namespace detail {

// One instantiation a policy: a message names the policy that it is about.
template <class Table, class P, int players>
struct Casting {
  static_assert(Policy<P>,
                "selfsame: not a policy. Name its role: using plays = selfsame::role::...;");
  static_assert(!Policy<P> || Table::template has<typename RoleOf<P>::type>,
                "selfsame: this method has no slot for that role. Remove the policy.");
  static_assert(players == 1, "selfsame: two policies play the same role. Keep one of them.");
};

template <class Table, class... Policies>
struct Composition {
  template <class P>
  static constexpr int players = (0 + ... + int(same_role<P, Policies>));
  static_assert((sizeof(Casting<Table, Policies, players<Policies>>) && ...));
  using type = typename Table::template method<Policies...>;
};

}  // namespace detail

/// The method of a table with these policies: `Contrastive<Queue, EMA>` is
/// `Compose<ContrastiveSlots, Queue, EMA>`.
template <class Table, class... Policies>
using Compose = typename detail::Composition<Table, Policies...>::type;

}  // namespace selfsame
