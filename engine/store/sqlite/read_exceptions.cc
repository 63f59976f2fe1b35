#include "engine/store/sqlite/reads.h"

namespace truce::sqlite {
namespace {

constexpr char find_exception_sql[] = "SELECT sequence, body FROM exception WHERE id = ?1";
constexpr char unanswered_exception_sql[] =
    "SELECT sequence, body FROM exception WHERE subject = ?1 AND state IN ('open', 'claimed')";
constexpr char unanswered_exceptions_of_sql[] =
    "SELECT sequence, body FROM exception"
    " WHERE golden = ?1 AND golden IS NOT NULL AND state IN ('open', 'claimed') ORDER BY sequence";
constexpr char unanswered_exceptions_under_sql[] =
    "SELECT sequence, body FROM exception"
    " WHERE subject >= ?1 AND subject < ?2 AND state IN ('open', 'claimed') ORDER BY subject";
constexpr char list_exceptions_sql[] =
    "SELECT sequence, body FROM exception"
    " WHERE sequence > ?1 AND (?2 = '' OR state = ?2) AND (?3 = '' OR category = ?3)"
    " ORDER BY sequence LIMIT ?4";
constexpr char list_unanswered_sql[] =
    "SELECT sequence, body FROM exception"
    " WHERE sequence > ?1 AND (?2 = '' OR state = ?2) AND (?3 = '' OR category = ?3)"
    " AND state IN ('open', 'claimed') ORDER BY sequence LIMIT ?4";
constexpr char overdue_exceptions_sql[] =
    "SELECT sequence, body FROM exception"
    " WHERE state IN ('open', 'claimed') AND announced = 0 AND due_at IS NOT NULL AND due_at <= ?1"
    " ORDER BY due_at, sequence LIMIT ?2";

ExceptionItem read_exception(Connection& connection, const Rows& rows) {
  ExceptionItem item = exception_from_stored(read_document(connection, rows.view(1)).root());
  item.sequence = rows.count(0);
  return item;
}

std::optional<ExceptionItem> first_exception(Connection& connection, Rows& rows) {
  if (!rows.next()) return std::nullopt;
  return read_exception(connection, rows);
}

std::vector<ExceptionItem> all_exceptions(Connection& connection, Rows& rows) {
  std::vector<ExceptionItem> found;
  while (rows.next()) found.push_back(read_exception(connection, rows));
  return found;
}

bool asks_for_unanswered(const ExceptionFilter& filter) {
  return filter.unanswered || filter.state == ExceptionState::open ||
         filter.state == ExceptionState::claimed;
}

}  // namespace

std::optional<ExceptionItem> Reads::find_exception(const ExceptionId& id) {
  Rows rows = connection_.query(find_exception_sql, {id});
  return first_exception(connection_, rows);
}

std::optional<ExceptionItem> Reads::unanswered_exception(const std::string& subject) {
  Rows rows = connection_.query(unanswered_exception_sql, {subject});
  return first_exception(connection_, rows);
}

std::vector<ExceptionItem> Reads::unanswered_exceptions_of(const GoldenId& golden) {
  Rows rows = connection_.query(unanswered_exceptions_of_sql, {or_null(golden)});
  return all_exceptions(connection_, rows);
}

std::vector<ExceptionItem> Reads::unanswered_exceptions_under(const std::string& subject) {
  std::string behind = subject;  // no byte of UTF-8 is the greatest there is
  ++behind.back();
  Rows rows = connection_.query(unanswered_exceptions_under_sql, {subject, behind});
  return all_exceptions(connection_, rows);
}

std::vector<ExceptionItem> Reads::list_exceptions(const ExceptionFilter& filter) {
  const std::string_view state = filter.state ? to_string(*filter.state) : "";
  const std::string_view category = filter.category ? to_string(*filter.category) : "";
  const char* sql = asks_for_unanswered(filter) ? list_unanswered_sql : list_exceptions_sql;
  Rows rows = connection_.query(sql, {filter.after, state, category, filter.limit});
  return all_exceptions(connection_, rows);
}

std::vector<ExceptionItem> Reads::overdue_exceptions(Time now, std::size_t limit) {
  Rows rows = connection_.query(overdue_exceptions_sql, {now, limit});
  return all_exceptions(connection_, rows);
}

}  // namespace truce::sqlite
