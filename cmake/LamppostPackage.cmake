# The Debian package: `./dev package ARCH`, or `cpack` in a build tree of the release, arm64 or armhf preset.
# The same commit gives the same bytes, whenever and wherever it is built with the same packages.

# A tagged commit is a release; every other one comes before the version that CMakeLists.txt names, ordered by time.
set(package_version ${PROJECT_VERSION})
execute_process(COMMAND git -C ${CMAKE_SOURCE_DIR} log -1 --format=%ct
  OUTPUT_VARIABLE commit_time OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
execute_process(COMMAND git -C ${CMAKE_SOURCE_DIR} describe --tags --exact-match --match v${PROJECT_VERSION} --dirty
  OUTPUT_VARIABLE tag OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(NOT DEFINED ENV{SOURCE_DATE_EPOCH})
  if(NOT commit_time)  # sources without git
    file(TIMESTAMP ${CMAKE_SOURCE_DIR}/CHANGELOG.md commit_time %s UTC)
  endif()
  set(ENV{SOURCE_DATE_EPOCH} ${commit_time})
endif()
set(package_time $ENV{SOURCE_DATE_EPOCH})
execute_process(COMMAND git -C ${CMAKE_SOURCE_DIR} describe --always --abbrev=12 --exclude=* --dirty=.dirty
  OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(commit AND NOT tag STREQUAL "v${PROJECT_VERSION}")
  string(TIMESTAMP package_day %Y%m%d%H%M%S UTC)
  string(APPEND package_version "~${package_day}.g${commit}")
endif()
string(TIMESTAMP package_date "%a, %d %b %Y %H:%M:%S +0000" UTC)

execute_process(COMMAND dpkg-architecture -t${CMAKE_LIBRARY_ARCHITECTURE} -qDEB_HOST_ARCH
  OUTPUT_VARIABLE package_architecture OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME lamppost)
set(CPACK_PACKAGE_VENDOR Lamppost)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "edge gateway from MQTT and CoAP sensors to NGSI-LD brokers")
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_SET_DESTDIR ON)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS ${CMAKE_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS})
set(CPACK_INSTALL_CMAKE_PROJECTS ${CMAKE_BINARY_DIR};lamppost;ALL;/)
set(CPACK_PROJECT_CONFIG_FILE ${CMAKE_BINARY_DIR}/package_time.cmake)
set(CPACK_PRE_BUILD_SCRIPTS ${CMAKE_SOURCE_DIR}/cmake/package_documents.cmake)

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_DEBIAN_PACKAGE_VERSION ${package_version})
set(CPACK_DEBIAN_PACKAGE_ARCHITECTURE ${package_architecture})
set(CPACK_DEBIAN_PACKAGE_MAINTAINER "Lamppost maintainers <maintainers@lamppost.invalid>"
  CACHE STRING "Who answers for the package: name and address")
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS
  "systemd | systemd-standalone-sysusers, systemd | systemd-standalone-tmpfiles")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS ca-certificates)
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "mosquitto")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION TRUE)
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
"Lamppost takes sensor readings in over MQTT and CoAP, turns them into
entities of Smart Data Models, keeps them safe on the gateway and brings
them to a city's NGSI-LD context broker.

Nothing acknowledged is lost over a crash; an outage of the broker is
bridged by a queue on flash that wears it little. Profiles for many sensor
families, LoRaWAN network servers and models are included as data.")
foreach(script IN ITEMS postinst prerm postrm conffiles)
  list(APPEND CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${CMAKE_SOURCE_DIR}/packaging/${script})
endforeach()

set(changelog ${CMAKE_BINARY_DIR}/changelog)
file(WRITE ${changelog} "lamppost (${package_version}) unstable; urgency=medium

  * Built from the project's own tree; CHANGELOG.md.gz beside this file says
    what changed.

 -- ${CPACK_DEBIAN_PACKAGE_MAINTAINER}  ${package_date}
")
file(WRITE ${CPACK_PROJECT_CONFIG_FILE} "set(ENV{SOURCE_DATE_EPOCH} ${package_time})
set(ENV{DEB_HOST_ARCH} ${package_architecture})
set(LAMPPOST_CHANGELOG ${changelog})
")
include(CPack)
