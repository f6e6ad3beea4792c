# cmake --install: the command, what `wasm-bpf build` compiles guests with, and find_package(wasm-bpf). The command finds
# its SDK beside itself, so that the whole tree can be moved.
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

configure_package_config_file(cmake/wasm-bpf-config.cmake.in ${PROJECT_BINARY_DIR}/wasm-bpf-config.cmake
                              INSTALL_DESTINATION ${package} PATH_VARS CMAKE_INSTALL_BINDIR)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/wasm-bpf-config-version.cmake COMPATIBILITY SameMinorVersion
                                 ARCH_INDEPENDENT)
install(FILES ${PROJECT_BINARY_DIR}/wasm-bpf-config.cmake ${PROJECT_BINARY_DIR}/wasm-bpf-config-version.cmake
        cmake/WasmBpfGuest.cmake DESTINATION ${package})
