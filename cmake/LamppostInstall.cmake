# Where things go on a gateway; the package is made of these rules. Expects -DCMAKE_INSTALL_PREFIX=/usr, and
# DESTDIR for a tree that is not this machine's: docs/packaging.md.
include(GNUInstallDirs)
if(TARGET lamppost)
  # Whatever the umask of who builds.
  set(CMAKE_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)

  install(TARGETS lamppost RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})

  # systemd reads these below lib on every architecture.
  install(FILES systemd/lamppost.service DESTINATION lib/systemd/system)
  install(FILES systemd/lamppost.sysusers DESTINATION lib/sysusers.d RENAME lamppost.conf)
  install(FILES systemd/lamppost.sysctl DESTINATION lib/sysctl.d RENAME 50-lamppost.conf)
  install(FILES systemd/lamppost.tmpfiles DESTINATION lib/tmpfiles.d RENAME lamppost.conf)

  # The annotated configuration belongs to the operator from then on: an upgrade leaves it alone.
  install(DIRECTORY DESTINATION /etc/lamppost/conf.d)
  install(CODE "
    if(NOT EXISTS \"\$ENV{DESTDIR}/etc/lamppost/lamppost.toml\")
      file(INSTALL \"${CMAKE_SOURCE_DIR}/config/lamppost.toml\" DESTINATION /etc/lamppost)
    endif()")

  foreach(kind IN ITEMS models profiles layouts contexts schemas examples)
    if(IS_DIRECTORY ${CMAKE_SOURCE_DIR}/config/${kind})
      install(DIRECTORY config/${kind} DESTINATION ${CMAKE_INSTALL_DATADIR}/lamppost)
    endif()
  endforeach()

  foreach(section IN ITEMS 1 5 7)
    file(GLOB manual_pages CONFIGURE_DEPENDS docs/man/*.${section})
    install(FILES ${manual_pages} DESTINATION ${CMAKE_INSTALL_MANDIR}/man${section})
  endforeach()
  install(FILES packaging/lamppost.bash
    DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME lamppost)
  install(FILES README.md CHANGELOG.md packaging/copyright DESTINATION ${CMAKE_INSTALL_DOCDIR})
  file(GLOB documents CONFIGURE_DEPENDS docs/*.md)
  install(FILES ${documents} DESTINATION ${CMAKE_INSTALL_DOCDIR}/docs)
  include(LamppostPackage)
endif()
