# The target Thrust::headers: Thrust from the system (Debian's libthrust-dev) or from a CUDA toolkit.
# Thrust's own config file is not used because it asks for a CUDA toolkit by default.
find_path(Thrust_INCLUDE_DIR thrust/version.h
  PATHS ENV CUDA_HOME ENV CUDA_PATH /usr/local/cuda /opt/cuda
  PATH_SUFFIXES include/cccl include)
mark_as_advanced(Thrust_INCLUDE_DIR)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(ThrustHeaders REQUIRED_VARS Thrust_INCLUDE_DIR)

if(ThrustHeaders_FOUND AND NOT TARGET Thrust::headers)
  add_library(Thrust::headers INTERFACE IMPORTED)
  set_target_properties(Thrust::headers PROPERTIES
    INTERFACE_INCLUDE_DIRECTORIES "${Thrust_INCLUDE_DIR}")
endif()
