import axios from 'axios';

const api = axios.create({
  baseURL: 'http://localhost:5000/api',
  headers: {
    'Content-Type': 'application/json',
  },
});

// 发送验证码
export const sendVerificationCode = async (email: string) => {
  const response = await api.post('/send-verification-code', { email });
  return response.data;
};

// 注册
export const registerUser = async (email: string, password: string, verificationCode: string) => {
  const response = await api.post('/register', { 
    email, 
    password,
    verification_code: verificationCode
  });
  return response.data;
};

// 验证验证码
export const verifyCode = async (email: string, code: string) => {
  const response = await api.post('/verify-code', { email, code });
  return response.data;
};
