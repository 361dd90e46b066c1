# What each component needs. The build and the installed package config both read this table.
set(selfsame_core_packages Eigen3)
set(selfsame_openmp_packages OpenMP)
set(selfsame_data_packages xtensor range-v3 ZLIB nlohmann_json)
set(selfsame_image_packages PNG JPEG)
set(selfsame_thrust_packages ThrustHeaders)

# What each takes of the others; those come first.
set(selfsame_image_components data)

# Neither a version range nor "3.4" finds both Eigen 3.4 and 5, so the version is checked by hand.
macro(selfsame_find_eigen)
  find_package(Eigen3 CONFIG QUIET)
  if(Eigen3_FOUND AND Eigen3_VERSION VERSION_LESS 3.4)
    set(Eigen3_FOUND FALSE)
  endif()
endmacro()
