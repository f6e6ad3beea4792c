# cmake --install: the command, what `wasm-bpf build` compiles guests with, and the libraries for other programs with what CMake
# and pkg-config find them by. Each finds the others from where it lies itself, so that the whole tree can be moved.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(sdk ${CMAKE_INSTALL_DATADIR}/wasm-bpf/sdk)
set(package ${CMAKE_INSTALL_LIBDIR}/cmake/wasm-bpf)
install(TARGETS wasm-bpf RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(DIRECTORY sdk/c/include sdk/c/compat DESTINATION ${sdk}/c)
install(FILES sdk/c/src/malloc.c DESTINATION ${sdk}/c/src)
install(FILES ${WASM_BPF_SDK_LIBRARY} DESTINATION ${sdk}/c/lib)
install(DIRECTORY sdk/cpp/include DESTINATION ${sdk}/cpp)
install(DIRECTORY sdk/rust DESTINATION ${sdk} PATTERN target EXCLUDE)
install(DIRECTORY sdk/templates sdk/go DESTINATION ${sdk})
install(DIRECTORY ${libbpf_include}/bpf ${libbpf_include}/linux DESTINATION ${sdk}/libbpf/include)

# The libraries. The static one needs what it lists; nothing of ours or of deps/ is beside it.
install(FILES include/wasm_bpf.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(DIRECTORY include/wasm_bpf DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
set(libraries wasm_bpf)
set(pkgconfig_files wasm-bpf)
if(TARGET wasm_bpf_static)
  list(APPEND libraries wasm_bpf_static)
  list(APPEND pkgconfig_files wasm-bpf-static)
endif()
install(TARGETS ${libraries} EXPORT wasm-bpf-libraries LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT wasm-bpf-libraries NAMESPACE wasm-bpf:: DESTINATION ${package})
cmake_path(RELATIVE_PATH CMAKE_INSTALL_FULL_LIBDIR BASE_DIRECTORY ${CMAKE_INSTALL_PREFIX} OUTPUT_VARIABLE libdir)
cmake_path(RELATIVE_PATH CMAKE_INSTALL_PREFIX BASE_DIRECTORY ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig OUTPUT_VARIABLE to_prefix)
list(TRANSFORM WASM_BPF_STATIC_NEEDS PREPEND -l OUTPUT_VARIABLE static_needs)
list(JOIN static_needs " " static_needs)
foreach(name IN LISTS pkgconfig_files)
  configure_file(cmake/${name}.pc.in ${PROJECT_BINARY_DIR}/${name}.pc @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/${name}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endforeach()

configure_package_config_file(cmake/wasm-bpf-config.cmake.in ${PROJECT_BINARY_DIR}/wasm-bpf-config.cmake
                              INSTALL_DESTINATION ${package} PATH_VARS CMAKE_INSTALL_BINDIR)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/wasm-bpf-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/wasm-bpf-config.cmake ${PROJECT_BINARY_DIR}/wasm-bpf-config-version.cmake
        cmake/WasmBpfGuest.cmake DESTINATION ${package})
