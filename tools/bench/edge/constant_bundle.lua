--- Replaces the look-up of the nginx front by a constant, to measure what the rest of the handler costs.
--
-- `dofile` it with the path of a text file of questions, one a line, among the front's settings. The bundle is asked each of
-- them once, when the worker starts; from then on a request gets the next of these replies, whatever it asks.

return function(questions_path)
  local almanac = require "almanac"
  local open = almanac.open
  function almanac.open(...)
    local bundle, message = open(...)
    if not bundle then return nil, message end
    local make_session = bundle.session
    function bundle:session()
      local session = make_session(self)
      local replies, next_reply = {}, 0
      for question in io.lines(questions_path) do replies[#replies + 1] = assert(session:ask(question)) end
      return {
        ask = function()
          next_reply = next_reply % #replies + 1
          return replies[next_reply]
        end,
      }
    end
    return bundle
  end
  return nil
end
