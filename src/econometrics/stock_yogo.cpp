#include "econometrics/stock_yogo.h"

namespace pericore::econometrics {

std::vector<std::pair<std::string, double>> stock_yogo(InstrumentalMethod /*method*/, GmmWeights /*gmm*/,
                                                       double /*fuller*/, Eigen::Index /*k1*/, Eigen::Index /*l1*/) {
  return {};
}

}  // namespace pericore::econometrics
