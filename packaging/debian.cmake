# The Debian package, made by CPack (`make package`, which configures the prefix /usr).
if(NOT CMAKE_INSTALL_PREFIX STREQUAL /usr)
  return()
endif()

# Debian wants its logs of changes packed, its own apart from the program's.
string(TIMESTAMP HOLTER_BUILD_DATE "%a, %d %b %Y %H:%M:%S +0000" UTC)
configure_file(debian/changelog.in changelog.Debian @ONLY)
configure_file(${PROJECT_SOURCE_DIR}/CHANGELOG.md changelog COPYONLY)
foreach(log changelog changelog.Debian)
  add_custom_command(OUTPUT ${log}.gz COMMAND gzip -9nkf ${log} DEPENDS ${made}/${log} VERBATIM)
  install(FILES ${made}/${log}.gz TYPE DOC)
endforeach()
add_custom_target(packaging_logs DEPENDS ${made}/changelog.gz ${made}/changelog.Debian.gz)
add_dependencies(packaging packaging_logs)
install(FILES debian/copyright TYPE DOC)
install(FILES debian/lintian-overrides DESTINATION share/lintian/overrides RENAME holter)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME holter)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_CONTACT "holter maintainers <maintainers@holter.invalid>")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION "network flight recorder: heartbeats, probes and packets
holter listens for heartbeats, probes gateways, resolvers and services, and
records the traffic of an interface, in one program with one store: when
something stops answering, the evidence is already there.
.
It is shown on a page and in the terminal, and offered as JSON and
OpenMetrics. The program that reads packets holds no privilege.")
# The libraries are found in the programs; adduser and setcap are what the maintainer scripts call.
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "adduser, libcap2-bin")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "ca-certificates, procps")  # for https; for /bin/kill of `systemctl reload`
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
  ${CMAKE_CURRENT_SOURCE_DIR}/debian/conffiles ${CMAKE_CURRENT_SOURCE_DIR}/debian/postinst
  ${CMAKE_CURRENT_SOURCE_DIR}/debian/prerm ${CMAKE_CURRENT_SOURCE_DIR}/debian/postrm)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_OUTPUT_FILE_PREFIX ${CMAKE_BINARY_DIR}/package)
include(CPack)
